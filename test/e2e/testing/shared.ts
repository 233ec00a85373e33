/** One window for all parts of the end-to-end tests: opening one takes longer than most of what is done in it. */
import { afterEach, beforeAll, beforeEach } from 'vitest';
import { VsCode, type WindowOptions } from './window';

/** Open while the tests run. */
export let vs: VsCode;
let shown: WindowOptions;

/** A part that fails waits long, and with more of them the run has failed anyway. */
const maxFailedParts = 3;
/** For two tries, each of which may wait for all that it can wait for. */
const tidyTimeoutMs = 600_000;
let failedParts = 0;
let isWindowLeft = false;

export async function openWindow(options: WindowOptions): Promise<void> {
  shown = options;
  vs = await VsCode.open(options);
}

/**
 * Of a part: begins with an empty panel, no editor and no breakpoint. What fails leaves a picture, and the steps after it
 * are not run: the part is repeated as a whole.
 */
export function inWindow(size: { width: number; height: number }): void {
  let hasFailed = false;
  const fail = () => {
    if (!hasFailed) failedParts++;
    hasFailed = true;
  };

  beforeAll(async () => {
    if (failedParts >= maxFailedParts) return;
    try {
      // What a failed step left behind (a program, a dialog, a breakpoint, a rule) is not worth finding out.
      if (isWindowLeft) await replaceWindow();
      await tidyWindow(size);
      isWindowLeft = false;
    } catch (error) {
      isWindowLeft = true;
      fail();
      throw error;
    }
  }, tidyTimeoutMs);
  beforeEach(({ skip }) => {
    if (hasFailed) skip('a step before it failed');
    if (failedParts >= maxFailedParts) skip(`not run: ${maxFailedParts} parts have failed`);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    isWindowLeft = true;
    fail();
    await picture(`failed-${task.name.slice(0, 40).replace(/\W+/g, '-')}`);
    // A program paused at a breakpoint would block every following step.
    await vs.stopAll().catch((error) => console.log('A program could not be stopped:', error));
  });
}

async function tidyWindow(size: { width: number; height: number }): Promise<void> {
  try {
    return await vs.tidy(size);
  } catch (error) {
    console.log('The window could not be tidied, a new one is opened:', error);
    await picture(`failed-tidy-${failedParts}`);
    console.log(await vs.diagnosis().catch(String));
  }
  await replaceWindow();
  await vs.tidy(size);
}

/** By one that knows nothing of the one before. */
async function replaceWindow(): Promise<void> {
  await vs.close().catch((error) => console.log('The window could not be closed:', error));
  await openWindow(shown);
}

/** Also of a window that no longer answers. */
async function picture(name: string): Promise<void> {
  await vs.picture(name).catch((error) => console.log('No picture:', error));
}
