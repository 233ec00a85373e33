/** What a user sees first after `npm start`: the panel with the way to begin, what to do, and the walkthrough. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { until, VsCode } from '../testing/window';

const root = join(__dirname, '../../..');
const steps = ['See your first request', 'Find the slow part', 'Stop at a failure', 'Compare two runs'];

export function firstWindow(): void {
  let window: VsCode;
  beforeAll(async () => {
    window = await VsCode.open({
      workspace: join(root, 'samples/checkout'),
      others: [join(root, 'scripts/first-window')],
      width: 1400,
      height: 900,
    });
  }, 180_000);
  afterAll(() => window?.close());

  const pictureIfFailed = (name: string) =>
    onTestFailed(async () => {
      await window.shot(`failed-${name}`);
      console.error(await window.diagnosis());
    });

  it('shows the panel and the sample’s README', { timeout: 300_000 }, async () => {
    pictureIfFailed('first-window');
    // VS Code can lose the first request for the page's files: it says so after 30 s, and the page asks again.
    await window.panel.getByText('No requests yet').waitFor({ timeout: 150_000 });
    await window.panel.getByText('Debug with Net Trace', { exact: true }).waitFor();
    await window.page.locator('.tab', { hasText: 'README.md' }).waitFor();
    await window.shot('first-window');
  });

  it('the walkthrough has a picture for each step; what is done is checked', { timeout: 180_000 }, async () => {
    pictureIfFailed('walkthrough');
    const { page } = window;
    await page.setViewportSize({ width: 1400, height: 1300 });
    await window.command('Welcome: Open Walkthrough');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Get Started with Net Trace' }).click();
    const item = (title: string) => page.locator('.getting-started-step', { hasText: title });
    const media = page.frameLocator('.getting-started-media iframe').frameLocator('iframe#active-frame');
    for (const [i, title] of steps.entries()) {
      if (i > 0) await item(title).locator('.step-title').click();
      await item(title).locator('.step-description-container').waitFor();
      await until(
        async () => (await media.locator('svg').getAttribute('aria-label'))?.length,
        `the picture of ${title}`,
      );
      await window.shot(`walkthrough-${i + 1}`);
    }
    await item('Find the slow part').locator('.step-title').click();
    const done = item('Find the slow part').locator('.codicon-getting-started-step-checked');
    expect(await done.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Show Requests' }).click();
    await window.panel.getByText('No requests yet').waitFor();
    await done.waitFor();
  });
}
