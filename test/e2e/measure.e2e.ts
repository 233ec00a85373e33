// What must be quick: a row is in the panel soon after its request began, and VS Code starts the extension in no time.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Trace } from '../../src/model/records';
import { until, VsCode } from './window';

const ticks = 60;
/** The machine under test may be busy with other things; the product's own target stands in the name of the test. */
const rowLimitMs = 200;

let vs: VsCode;
beforeAll(async () => {
  vs = await VsCode.open();
});
afterAll(() => vs?.close());

describe('quick', { timeout: 120_000 }, () => {
  it(`95 % of the rows are in the panel within ${rowLimitMs} ms of their request's begin`, async () => {
    await vs.command('Net Trace: Show Requests');
    const body = vs.panel.locator('body');
    await vs.panel.getByText('No requests yet').waitFor();
    // When each row first stands in the page. The page and the program have the same wall clock.
    await body.evaluate((element) => {
      const seen: Record<string, number> = {};
      const look = () => {
        for (const row of element.querySelectorAll('[role=row][data-id]'))
          seen[row.getAttribute('data-id') ?? ''] ??= Date.now();
      };
      new MutationObserver(look).observe(element, {
        childList: true,
        subtree: true,
        attributes: true,
        attributeFilter: ['data-id'],
      });
      Object.assign(window, { seenRows: seen });
    });
    await vs.debug('Ticks');
    await vs.panel.getByText('The program ended').waitFor();
    const seen = await body.evaluate(() => (window as unknown as { seenRows: Record<string, number> }).seenRows);

    const file = join(vs.workspace, 'ticks.nettrace.json');
    await vs.command('Net Trace: Save Trace');
    await vs.answerDialog(file, /\.nettrace\.json$/);
    await vs.notification('to ticks.nettrace.json.').first().waitFor();
    const trace = JSON.parse(readFileSync(file, 'utf8')) as Trace;
    expect(trace.requests.length).toBeGreaterThanOrEqual(ticks);
    const delays = trace.requests.map((r) => {
      const at = seen[`r1/${r.id}`];
      expect(at, `${r.url} was never drawn`).toBeDefined();
      return (at as number) - (Date.parse(trace.beginTime) + (r.createdAt ?? Number.NaN) / 1000);
    });
    delays.sort((a, b) => a - b);
    const at = (q: number) => delays[Math.floor(q * (delays.length - 1))] as number;
    console.log(
      `row after request, ms: p50 ${at(0.5).toFixed(0)}, p95 ${at(0.95).toFixed(0)}, most ${at(1).toFixed(0)}`,
    );
    expect(at(0.95)).toBeLessThan(rowLimitMs);
  });

  it('VS Code starts the extension as quickly as its own ones', async () => {
    // The time is printed; what is asserted is its place among VS Code's own extensions that start beside it and share
    // the processor: the machine's load is in all of them.
    const times: { ours: number; slowest: number }[] = [];
    while (times.length < 4 && !times.some((t) => t.ours <= t.slowest)) {
      if (times.length > 0) await vs.reload();
      await vs.command('Net Trace: Show Requests');
      await vs.panel.locator('body').waitFor();
      times.push(await activations());
    }
    console.log(`activation, ms: ${times.map((t) => `${t.ours} (slowest of VS Code's own: ${t.slowest})`).join(', ')}`);
    expect(times.some((t) => t.ours <= t.slowest)).toBe(true);
  });
});

/** As VS Code itself measured it: loading the code and the call; in milliseconds. */
async function activations(): Promise<{ ours: number; slowest: number }> {
  await vs.command('Developer: Show Running Extensions');
  // The list is sorted by time and draws only what fits: a quick extension would stand below the fold.
  await vs.page.setViewportSize({ width: 1300, height: 6000 });
  const entries = vs.page.locator('.runtime-extensions-editor .monaco-list-row');
  return until(async () => {
    const all = (await entries.allTextContents()).map((text) => ({
      ours: text.startsWith('Net Trace'),
      ms: Number(/Activation: (\d+)ms/.exec(text)?.[1] ?? Number.NaN),
    }));
    const ours = all.find((e) => e.ours && e.ms >= 0)?.ms;
    const own = all.filter((e) => !e.ours && e.ms >= 0).map((e) => e.ms);
    return ours !== undefined && own.length > 3 ? { ours, slowest: Math.max(...own) } : undefined;
  }, 'the times');
}
