/** Packets: captured from the first one on, listed with a request, saved with the secrets only when asked for. */
import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rowsIn } from '../testing/rows';
import { inWindow, vs } from '../testing/shared';

const possible =
  process.getuid?.() === 0 && ['dumpcap', 'tshark'].every((tool) => spawnSync(tool, ['--version']).error === undefined);
if (!possible) console.log('skipped: Save Packets: needs root, dumpcap and tshark (Debian: tshark)');

export function packets(): void {
  inWindow({ width: 1400, height: 1500 });

  it.skipIf(!possible)('a request’s packets are listed, and saved as pcapng', async () => {
    await vs.debug('With packets');
    await vs.panel.getByText('The program ended').waitFor();
    const [row] = (await rowsIn(vs.panel)).filter((r) => r.name === '/apples');
    await vs.panel.locator(`[role=row][data-id="${row?.id}"]`).click();
    await vs.panel.getByRole('tab', { name: 'Packets' }).click();
    await vs.panel.locator('.pk tbody tr').first().waitFor();
    const listed = await vs.panel.locator('.pk tbody tr').allTextContents();
    expect(listed[0]).toContain('SYN');

    const file = join(vs.workspace, 'apples.pcapng');
    await vs.panel.getByRole('button', { name: 'Save this request’s packets…' }).click();
    await vs.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Without TLS secrets' }).click();
    await vs.answerDialog(file, /\.pcapng$/);
    await vs.notification(`Saved ${listed.length} packets`).first().waitFor();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const fields = ['-T', 'fields', '-e', 'http.request.uri', '-Y', 'http.request'];
    const said = execFileSync('tshark', ['-r', file, '-n', ...fields], { encoding: 'utf8', stdio: 'pipe' });
    expect(said).toBe('/apples\n');
  });
}
