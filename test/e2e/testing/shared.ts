/** One window for all parts of the end-to-end tests: opening one takes longer than most of what is done in it. */
import { afterEach, beforeAll } from 'vitest';
import { VsCode, type WindowOptions } from './window';

/** Open while the tests run. */
export let vs: VsCode;
let failed = false;

export async function openWindow(options: WindowOptions): Promise<void> {
  vs = await VsCode.open(options);
}

/** Of a part: begins with an empty panel, no editor and no breakpoint; what fails leaves a picture. */
export function inWindow(size: { width: number; height: number }): void {
  beforeAll(async () => {
    // What a failed step left behind (a program, a dialog) is not worth finding out.
    if (failed) await vs.reload();
    failed = true;
    await vs.tidy(size).catch(async (error) => {
      console.log('The window could not be tidied, it is loaded anew:', error);
      await vs.shot('failed-tidy');
      await vs.reload();
      await vs.tidy(size);
    });
    failed = false;
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    failed = true;
    await vs.shot(`failed-${task.name.slice(0, 40).replace(/\W+/g, '-')}`);
    // A program that stands at a breakpoint would be in the way of every step that follows.
    await vs.stopAll().catch((error) => console.log('A program could not be stopped:', error));
  });
}
