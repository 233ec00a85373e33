/** What a user sees first after `npm start`: the panel with the way to begin, and what to do. */
import { join } from 'node:path';
import { it } from 'vitest';
import { VsCode } from '../testing/window';

const root = join(__dirname, '../../..');

export function firstWindow(): void {
  it('shows the panel and the sample’s README', { timeout: 180_000 }, async () => {
    const window = await VsCode.open({
      workspace: join(root, 'samples/checkout'),
      others: [join(root, 'scripts/first-window')],
      width: 1400,
      height: 900,
    });
    try {
      await window.panel.getByText('No requests yet').waitFor({ timeout: 60_000 });
      await window.panel.getByText('Debug with Net Trace', { exact: true }).waitFor();
      await window.page.locator('.tab', { hasText: 'README.md' }).waitFor();
      await window.shot('first-window');
    } catch (error) {
      await window.shot('failed-first-window');
      console.error(await window.diagnosis());
      throw error;
    } finally {
      await window.close();
    }
  });
}
