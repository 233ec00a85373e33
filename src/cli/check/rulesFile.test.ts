/** Rules files of any content: read, or refused in one sentence that names the file; never another exception. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scratch } from '../../session/testing/scratch';
import { UsageError } from '../terminal/say';
import { readRulesFile } from './rulesFile';

const good = `version: 1
hosts:
  ours: ["*.shop.example", localhost]
ignore: ["path:/health"]
rules:
  - id: only-known
    assert: { hosts: { only: [ours, "api.example"] } }
  - id: few
    where: "path:/items/*"
    within: test
    assert: { count: "<= 5" }
`;
const damaged = fc.oneof(
  fc.nat(good.length).map((n) => good.slice(0, n)),
  fc
    .tuple(
      fc.nat(good.length),
      fc.constantFrom('&a', '*a', '<<: *a', '!!js', '\u0000', '\t', '{', '"', '- ', ': ', '\u001b[31m', '%'),
    )
    .map(([n, text]) => good.slice(0, n) + text + good.slice(n)),
  fc.tuple(fc.nat(good.length), fc.nat(30)).map(([n, length]) => good.slice(0, n) + good.slice(n + length)),
  fc.json().map((text) => `{"version": 1, "rules": ${text}}`),
  fc.json().map((text) => `{"version": 1, "rules": [{"id": "x", "assert": ${text}}]}`),
  fc.string(),
);

test('any text is read, or refused with its file and no control characters', async () => {
  const path = join(scratch(), 'rules.yml');
  const seen = { read: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(damaged, async (text) => {
      writeFileSync(path, text);
      try {
        expect((await readRulesFile(path)).rules).toBeInstanceOf(Array);
        seen.read++;
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        expect(error.message).toContain(path);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
        expect(error.message).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
        seen.refused++;
      }
    }),
    { numRuns: 400 },
  );
  expect(seen.read).toBeGreaterThan(10);
  expect(seen.refused).toBeGreaterThan(50);
});

test('aliases that stand for very much are refused', async () => {
  const path = join(scratch(), 'rules.yml');
  const lines = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`);
  writeFileSync(path, `a0: &a0 [x]\n${lines.join('\n')}\nrules: *a30\n`);
  await expect(readRulesFile(path)).rejects.toThrow(UsageError);
});
