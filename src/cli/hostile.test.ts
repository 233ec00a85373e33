/** What the traced program writes into its spool is untrusted: the summary is printed for any content. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowsOf } from '../answers/requests/rows';
import { documentOf } from '../model/document';
import { Folder } from '../model/fold/folder';
import { newHeader } from '../model/store/store';
import { TraceStore } from '../session/traceStore';
import { requestBlocks } from './request/block';
import { summaryLines, summaryObject } from './summary/summary';
import { styleFor } from './terminal/say';

const spool = readFileSync(join(__dirname, '../model/golden/example.spool.jsonl'), 'utf8').trim().split('\n');
const id = '7f0c2a6e-5d0b-4e0e-9a52-3a1c8b7de001';

const hostile = fc.oneof(
  fc.constantFrom<unknown>(null, -1, 1e300, '', '\u001b[2J', {}, [], [null], true, 'http://[', '\ud800'),
  fc.jsonValue({ maxDepth: 2 }),
);
const mutation = fc.oneof(
  fc.record({ line: fc.nat(spool.length - 1), key: fc.nat(30), value: hostile }),
  fc.record({ line: fc.nat(spool.length - 1), drop: fc.constant(true) }),
  fc.record({ line: fc.nat(spool.length - 1), cut: fc.nat(300) }),
);

function mutate(changes: readonly (typeof mutation extends fc.Arbitrary<infer T> ? T : never)[]): string[] {
  const lines: (string | undefined)[] = [...spool];
  for (const change of changes) {
    const text = lines[change.line];
    if (text === undefined) continue;
    if ('drop' in change) lines[change.line] = undefined;
    else if ('cut' in change) lines[change.line] = text.slice(0, change.cut);
    else {
      try {
        const object = JSON.parse(text) as Record<string, unknown>;
        const keys = Object.keys(object);
        object[keys[change.key % keys.length] as string] = change.value;
        lines[change.line] = JSON.stringify(object);
      } catch {
        // Cut before.
      }
    }
  }
  return lines.filter((line) => line !== undefined);
}

test('changed, cut and missing lines: a summary and a document, with no control characters, and nothing throws', () => {
  fc.assert(
    fc.property(
      fc.array(mutation, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 10 }),
      (changes, limit) => {
        const header = newHeader(
          id,
          { time: '2026-10-27T11:30:00.123124Z', monotonicNs: '81190123456000' },
          { name: 'test', version: '0' },
        );
        const store = new TraceStore(header, limit, false);
        const folder = new Folder(store);
        let offset = 0;
        for (const line of mutate(changes)) {
          folder.fold(line, { file: 'a', offset });
          offset += line.length + 1;
        }
        folder.end(4711, { signal: 'SIGKILL' });
        const options = { style: styleFor({}), width: 120, max: 50 };
        const text = [
          ...summaryLines(store, 3e6, options),
          ...requestBlocks(store, rowsOf(store, 3e6), { now: 3e6, style: options.style, body: true }),
        ].join('\n');
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
        expect(store.requests.size).toBeLessThanOrEqual(limit);
        const document = documentOf(store);
        expect(JSON.parse(JSON.stringify(summaryObject(document, store, {}, { files: [] }))).counts).toEqual(
          document.counts,
        );
      },
    ),
    { numRuns: 200 },
  );
});
