import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scratch } from '../testing/scratch';
import { type SpoolLoss, SpoolReader } from './reader';

function reader() {
  const folder = scratch();
  const lines: string[] = [];
  const losses: SpoolLoss[] = [];
  const spool = new SpoolReader(folder, { line: (text) => lines.push(text), loss: (loss) => losses.push(loss) });
  return {
    folder,
    lines,
    losses,
    spool,
    write: (name: string, text: string | Uint8Array) => fs.appendFileSync(join(folder, name), text),
  };
}

// What a writer may do between two reads; `piece` is cut anywhere, so that lines arrive in parts.
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('piece' as const),
      text: fc.string({ unit: 'binary', maxLength: 30 }),
      end: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('garbage' as const), bytes: fc.uint8Array({ maxLength: 20 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'rotate' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'read' as const }) },
);

test('however it is written, cut, rotated and read: every whole line comes once and in order, nothing throws', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.boolean(), async (steps, overlapping) => {
      const r = reader();
      const written: Buffer[][] = [[]];
      const pending: Promise<void>[] = [];
      const put = (bytes: Uint8Array) => {
        written.at(-1)?.push(Buffer.from(bytes));
        r.write(`7-0-1.${written.length}.jsonl`, bytes);
      };
      put(Buffer.from('first\n'));
      for (const s of steps) {
        if (s.do === 'piece') put(Buffer.from(s.end ? `${s.text}\n` : s.text));
        else if (s.do === 'garbage') put(s.bytes);
        else if (s.do === 'rotate') {
          written.push([]);
          put(Buffer.from('proc\n'));
        } else if (overlapping) pending.push(r.spool.read());
        else await r.spool.read();
      }
      await Promise.all(pending);
      await r.spool.read();
      r.spool.ended();
      const segments = written.map((parts) => Buffer.concat(parts).toString('latin1').split('\n'));
      const whole = segments.flatMap((s) => s.slice(0, -1)).filter((line) => line !== '');
      expect(r.lines.map((line) => line)).toEqual(whole.map((line) => Buffer.from(line, 'latin1').toString('utf8')));
      expect(r.losses.filter((l) => l.kind === 'torn')).toHaveLength(segments.filter((s) => s.at(-1) !== '').length);
      expect(fs.readdirSync(r.folder)).toEqual([`7-0-1.${written.length}.jsonl`]);
      fs.rmSync(r.folder, { recursive: true });
    }),
    { numRuns: 150 },
  );
});

test('readChanged looks at new files and at those named', async () => {
  const r = reader();
  r.write('1-0-1.1.jsonl', 'a\n');
  r.write('2-0-1.1.jsonl', 'b\n');
  await r.spool.readChanged();
  expect(r.lines).toEqual(['a', 'b']);
  r.write('1-0-1.1.jsonl', 'c\n');
  r.write('2-0-1.1.jsonl', 'd\n');
  r.spool.changed('2-0-1.1.jsonl');
  await r.spool.readChanged();
  expect(r.lines).toEqual(['a', 'b', 'd']);
  await r.spool.read();
  expect(r.lines).toEqual(['a', 'b', 'd', 'c']);
});

test('a file that is cut short or replaced is left, and said to be', async () => {
  const r = reader();
  r.write('1-0-1.1.jsonl', 'a\nb\n');
  await r.spool.read();
  fs.truncateSync(join(r.folder, '1-0-1.1.jsonl'), 1);
  await r.spool.read();
  r.write('1-0-1.1.jsonl', 'c\n');
  await r.spool.read();
  expect(r.lines).toEqual(['a', 'b']);
  expect(r.losses).toMatchObject([{ kind: 'truncated', thread: '1-0' }]);
});

test('a file that was cut short and has grown beyond that since: said, and what comes after is read', async () => {
  const r = reader();
  r.write('1-0-1.1.jsonl', 'a1\nb2\nc3\n');
  await r.spool.read();
  fs.truncateSync(join(r.folder, '1-0-1.1.jsonl'), 4);
  r.write('1-0-1.1.jsonl', 'lost\ntorn6\nd7\n');
  await r.spool.read();
  r.write('1-0-1.1.jsonl', 'e8\n');
  await r.spool.read();
  expect(r.lines).toEqual(['a1', 'b2', 'c3', 'torn6', 'd7', 'e8']);
  expect(r.losses).toMatchObject([{ kind: 'truncated', count: 1, thread: '1-0' }]);
});

test('a folder that is gone, a pipe in its place of a file: nothing hangs', async () => {
  const r = reader();
  const { execFileSync } = await import('node:child_process');
  execFileSync('mkfifo', [join(r.folder, '1-0-1.1.jsonl')]);
  await r.spool.read();
  fs.rmSync(r.folder, { recursive: true });
  await r.spool.read();
  expect(r.lines).toEqual([]);
});

test('a file that is deleted while it is written, and the folder: each is said once', async () => {
  const r = reader();
  r.write('1-0-1.1.jsonl', 'a\n');
  r.write('2-0-1.1.jsonl', 'b\n');
  await r.spool.read();
  fs.rmSync(join(r.folder, '1-0-1.1.jsonl'));
  await r.spool.readChanged();
  await r.spool.read();
  expect(r.losses).toMatchObject([{ kind: 'missingSegment', thread: '1-0', count: 1 }]);
  fs.rmSync(r.folder, { recursive: true });
  await r.spool.read();
  await r.spool.read();
  r.spool.ended();
  expect(r.losses.map(({ thread }) => thread)).toEqual(['1-0', '2-0']);
  expect(r.lines).toEqual(['a', 'b']);
});
