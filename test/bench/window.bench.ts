/** Times in a real VS Code: from the begin of a request to its row in the panel, and the start of the extension. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Trace } from '../../src/model/records';
import { inWindow, openWindow, vs } from '../e2e/testing/shared';
import { until } from '../e2e/testing/window';

const ticks = 60;

beforeAll(() => openWindow({ width: 1400, height: 1500 }));
afterAll(() => vs?.close());

describe('row delay', () => {
  inWindow({ width: 1400, height: 1500 });

  test('from the begin of a request to its row', async () => {
    for (let round = 0; round < 3; round++) {
      const { delays, late } = await rowDelays(`ticks-${round}.nettrace.json`);
      const shown = [0.5, 0.95, 1].map((q) => quantile(delays, q).toFixed(0));
      console.log(
        `row after request, ms: ${shown.join(', ')} (p50, p95, max); a timer of the page is late by ${quantile(late, 0.95).toFixed(0)} (p95)`,
      );
    }
  });
});

const quantile = (sorted: readonly number[], q: number) => sorted[Math.floor(q * (sorted.length - 1))] as number;

interface Seen {
  rows: Record<string, number>;
  late: number[];
}

/** From the begin of each request to its row; and how late a timer of the page was in that time. In ms, sorted. */
async function rowDelays(name: string): Promise<{ delays: number[]; late: number[] }> {
  await vs.clear();
  const body = vs.panel.locator('body');
  // When each row first is in the page. The page and the program have the same wall clock.
  await body.evaluate((element) => {
    const seen: Record<string, number> = {};
    const late: number[] = [];
    let last = performance.now();
    setInterval(() => {
      late.push(Math.max(0, performance.now() - last - 50));
      last = performance.now();
    }, 50);
    const look = () => {
      for (const row of element.querySelectorAll('[role=row][data-id]'))
        seen[(row.getAttribute('data-id') ?? '').replace(/^r\d+\//, '')] ??= Date.now();
    };
    new MutationObserver(look).observe(element, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ['data-id'],
    });
    Object.assign(window, { seen: { rows: seen, late } });
  });
  await vs.debug('Ticks');
  await vs.panel.getByText('The program ended').waitFor();
  const seen = await body.evaluate(() => (window as unknown as { seen: Seen }).seen);

  const file = join(vs.workspace, name);
  await vs.command('Net Trace: Save Trace');
  await vs.answerDialog(file, /\.nettrace\.json$/);
  await vs.notification(`to ${name}.`).first().waitFor();
  const trace = JSON.parse(readFileSync(file, 'utf8')) as Trace;
  expect(trace.requests.length).toBeGreaterThanOrEqual(ticks);
  const delays = trace.requests.map((r) => {
    const at = seen.rows[r.id];
    expect(at, `${r.url} was never drawn`).toBeDefined();
    return (at as number) - (Date.parse(trace.beginTime) + (r.createdAt ?? Number.NaN) / 1000);
  });
  const ascending = (a: number, b: number) => a - b;
  return { delays: delays.sort(ascending), late: seen.late.sort(ascending) };
}

describe('activation', () => {
  inWindow({ width: 1400, height: 1500 });

  test('beside VS Code’s own extensions, which start at the same time', async () => {
    for (let round = 0; round < 4; round++) {
      if (round > 0) await vs.reload();
      await vs.command('Net Trace: Show Requests');
      await vs.panel.locator('body').waitFor();
      const { ours, slowest } = await activations();
      console.log(
        `activation: ${ours} ms, ${(ours / slowest).toFixed(2)} of the slowest of VS Code's own (${slowest} ms)`,
      );
    }
  });
});

/** As VS Code itself measured it: loading the code and the call; in milliseconds. */
async function activations(): Promise<{ ours: number; slowest: number }> {
  await vs.command('Developer: Show Running Extensions');
  // The list is sorted by time and draws only what fits: rows of a quick extension would be out of sight.
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
