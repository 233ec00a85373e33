/** A stop of a second while a request waits: marked, saved, and in nobody's figures. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseNative } from '../../../../src/formats/native/format';
import { phasesOf } from '../../../../src/model/phases/phases';
import { Store } from '../../../../src/model/store/store';
import { rowsIn } from '../../testing/rows';
import { inWindow, vs } from '../../testing/shared';
import { lineOf, until } from '../../testing/window';

const stopMs = 1200;

export function pauses(): void {
  inWindow({ width: 1400, height: 1200 });
  it('a second at a breakpoint between request and answer are no wait for the server', async () => {
    await vs.breakpoint('paused.ts', lineOf(vs.workspace, 'src/paused.ts', "console.log('sent')"));
    await vs.debug('Paused');
    await vs.page.locator('.codicon-debug-breakpoint-stackframe, .codicon-debug-stackframe').first().waitFor();
    await until(async () => (await rowsIn(vs.panel)).length === 1, 'the row at the breakpoint');
    // The time itself is tested: the program is paused for this long.
    await new Promise((done) => setTimeout(done, stopMs));
    // Its time stands still meanwhile.
    await until(
      async () => /, \d{1,3} milliseconds|, \d\.\d milliseconds/.test((await rowsIn(vs.panel))[0]?.label ?? ''),
      'a time that stands',
    );
    await vs.page.keyboard.press('F5');
    await vs.panel.getByText('The program ended').waitFor();

    await vs.panel.locator('[role=row][data-id]').first().click();
    await vs.panel.getByText(/\(\+ \d+\.\d+ s paused\)/).waitFor();
    await vs.panel.getByText('in the debugger').waitFor();
    await vs.panel.getByText('paused', { exact: true }).first().waitFor();
    await vs.shot('paused');

    const file = join(vs.workspace, 'paused.nettrace.json');
    await vs.command('Net Trace: Save Trace');
    await vs.answerDialog(file, /\.nettrace\.json$/);
    await vs.notification('to paused.nettrace.json.').first().waitFor();
    const trace = parseNative(readFileSync(file, 'utf8'));
    expect(trace.sources.find((s) => s.name === 'debugger')?.state).toBe('on');
    expect(trace.pauses).toHaveLength(1);
    const [pause] = trace.pauses ?? [];
    const [request] = trace.requests;
    if (!pause || !request) throw new Error('no pause or no request');
    expect(pause).toMatchObject({ thread: request.thread, reason: 'breakpoint' });
    expect(((pause.endAt ?? Number.NaN) - pause.beginAt) / 1000).toBeGreaterThanOrEqual(stopMs - 50);
    const breakdown = phasesOf(request, Store.fromDocument(trace));
    expect(breakdown.paused / 1000).toBeGreaterThanOrEqual(stopMs - 50);
    // The pause is in the request's time and in none of its phases, whatever this machine adds to both.
    const span = (request.endAt ?? Number.NaN) - (request.createdAt ?? Number.NaN);
    expect(breakdown.total).toBe(span - breakdown.paused);
    const wait = breakdown.phases.find((p) => p.name === 'wait');
    expect((wait?.paused ?? Number.NaN) / 1000).toBeGreaterThanOrEqual(stopMs - 50);
    expect(wait?.duration).toBeLessThanOrEqual(span - breakdown.paused);
    // Nor do findings take it for the server's, or for a busy program's.
    expect(trace.findings?.map((f) => f.rule) ?? []).not.toContain('event-loop-blocked');
    expect(trace.findings?.map((f) => f.rule) ?? []).not.toContain('server-slow');
  });
}
