/**
 * A trace file that was cut off anywhere: what is whole can be shown and converted, or the message says that nothing is.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { rowsOf } from '../answers/requests/rows';
import { FormatError, nativeText, readTrace, writeTrace } from '../formats';
import type { Trace } from '../model/records';
import { Store } from '../model/store/store';
import { scratch } from '../session/testing/scratch';
import { requestBlocks } from './request/block';
import { summaryLines } from './summary/summary';
import { styleFor } from './terminal/say';
import { openTrace } from './trace/open';

const golden = join(__dirname, '../model/golden/example.nettrace.json');

test('cut at any place', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const folder = scratch();
  const path = join(folder, 'cut.nettrace.json');
  const whole = nativeText(JSON.parse(readFileSync(golden, 'utf8')) as Trace);
  let max = 0;
  let refused = 0;
  for (let end = 0; end < whole.length - 2; end += 211) {
    writeFileSync(path, whole.slice(0, end));
    const trace = await openTrace(path).catch((error: unknown) => error);
    if (trace instanceof FormatError) {
      refused++;
      expect(max, trace.message).toBe(0); // once there was something to keep, more of the file keeps it
      continue;
    }
    const store = Store.fromDocument(trace as Trace);
    const lines = summaryLines(store, 3e6, { style: styleFor({}), width: 120, max: 50 });
    expect(lines.at(-1)).toMatch(/^Lost: .*: The file was cut off; records after the cut are lost, of every kind\.$/);
    const made = requestBlocks(store, rowsOf(store, 3e6), { now: 3e6, style: styleFor({}), body: true });
    const blocks = [...made].flatMap((block) => block.split('\n'));
    expect(blocks.filter((line) => line === '').length).toBeGreaterThanOrEqual(store.requests.size);
    expect(said.mock.lastCall?.[0]).toMatch(
      /cut\.nettrace\.json: the file is cut off at byte \d+\. The \d+ records before that were read/,
    );
    for (const name of ['a.har', 'a.eve.json', 'a.nettrace.json']) await writeTrace(trace as Trace, join(folder, name));
    expect(await readTrace(join(folder, 'a.nettrace.json'))).toEqual(trace);
    expect(store.requests.size).toBeGreaterThanOrEqual(max);
    max = store.requests.size;
  }
  expect(refused).toBeGreaterThan(0);
  expect(max).toBe(8);
  said.mockRestore();
});
