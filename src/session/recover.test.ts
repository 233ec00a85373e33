import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OtherVersion, recoverTrace } from './recover';
import { scratch } from './testing/scratch';

function proc(pid: number, v: number): string {
  const line = { k: 'proc', v, trace: 't', pid, tid: 0, segment: 1, monotonicNs: '1000', wallMs: 1 };
  return `${JSON.stringify(line)}\n{"k":"req","id":1,"method":"GET"}\n`;
}

test('event files of another version are not read as if they were understood', async () => {
  const folder = scratch();
  writeFileSync(join(folder, '1-0-1.1.jsonl'), proc(1, 2));
  await expect(recoverTrace(folder)).rejects.toThrow(OtherVersion);
  await expect(recoverTrace(folder)).rejects.toThrow('are of version 2; this Net Trace reads version 1');

  // Beside one of this version, they are a loss.
  writeFileSync(join(folder, '2-0-1.1.jsonl'), proc(2, 1));
  const trace = await recoverTrace(folder);
  expect(trace?.processes.map(({ pid }) => pid)).toEqual([2]);
  expect(trace?.requests).toHaveLength(1);
  expect(trace?.losses).toMatchObject([
    { what: 'lines', kind: 'dropped', reason: 'the file is of version 2; this one reads 1', count: 2 },
  ]);
});
