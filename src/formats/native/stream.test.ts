import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scratch } from '../../session/testing/scratch';
import { FormatError } from '../file/error';
import { lowered } from '../shared/lower';
import { anyTrace } from '../testing/arbitrary';
import { example } from '../testing/example';
import { nativeText } from './format';
import { checked, loweredMembers, membersOf, piecesOf } from './members';
import { isStreamable, OtherLayout, streamedMembers } from './stream';

const exampleText = nativeText(example());
const file = join(scratch(), 'trace.nettrace.json');
const streamed = (text: string): string => {
  writeFileSync(file, text);
  return [...piecesOf(checked(streamedMembers(file)))].join('');
};

test('what is streamed is what is read whole', () => {
  fc.assert(
    fc.property(anyTrace(), (doc) => {
      const text = nativeText(doc);
      expect(streamed(text)).toBe(text);
    }),
  );
});

test('members lowered one by one are those of the lowered document', () => {
  fc.assert(
    fc.property(anyTrace(), (doc) => {
      expect([...piecesOf(loweredMembers(membersOf(doc)))].join('')).toBe(nativeText(lowered(doc)));
    }),
  );
});

test('records longer than what is read at once, with characters of several bytes', () => {
  const doc = example();
  const [first] = doc.requests;
  const long = Array.from({ length: 3 }, (_, i) => ({ ...first, id: `9-0-${i}`, label: 'é😀'.repeat(400_000 + i) }));
  const text = nativeText({ ...doc, requests: [...doc.requests, ...long] } as typeof doc);
  expect(streamed(text)).toBe(text);
});

test('other ends of lines, other indents, blank lines', () => {
  const loose = exampleText.replaceAll('\n', '\r\n\r\n').replaceAll('    {', '{');
  expect(streamed(loose)).toBe(nativeText(example()));
});

describe('refused', () => {
  test('a file that was cut off anywhere', () => {
    fc.assert(
      fc.property(fc.nat(exampleText.trimEnd().length - 1), (end) => {
        let error: unknown;
        try {
          streamed(exampleText.slice(0, end));
        } catch (e) {
          error = e;
        }
        expect(error instanceof FormatError || error instanceof OtherLayout).toBe(true);
      }),
    );
  });

  test.each([
    ['another layout', JSON.stringify(example(), null, 1)],
    ['one line', JSON.stringify(example())],
    ['another program’s JSON', '{\n  "log": {}\n}\n'],
    ['nothing', ''],
  ])('%s, before anything was read', (_, text) => {
    writeFileSync(file, text);
    expect(isStreamable(file)).toBe(false);
    expect(() => streamed(text)).toThrow(OtherLayout);
  });

  test.each([
    ['a value that the schema does not allow', '"createdAt":', '"createdAt":"x","_":', /requests\[0\]\.createdAt/],
    ['a missing member', '"losses": ', '"others": ', /"losses" is missing/],
    ['a member twice', '"losses": ', '"dials": ', /twice/],
    ['a record that is no JSON', '{"id"', '{id', /line \d+/],
    ['another version', '"version": "1', '"version": "2', /version 2/],
  ])('%s', (_, from, to, message) => {
    expect(exampleText).toContain(from);
    expect(() => streamed(exampleText.replace(from, to))).toThrow(message);
  });
});
