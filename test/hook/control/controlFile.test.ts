/** The program can write what it likes into `control.json`: it runs as without the hook, and the hook goes on. */
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';

const program = join(import.meta.dirname, '../programs/controlGarbage.cjs');
const all = (generation: unknown) =>
  JSON.stringify({ v: 1, generation, requests: [{ id: 'a', condition: '' }], breakpoints: [] });
const state = fc.record(
  {
    v: fc.constantFrom<unknown>(1, 1, 1, 2, null),
    generation: fc.oneof(fc.nat(9), fc.jsonValue()),
    requests: fc.oneof(
      fc.array(
        fc.record(
          {
            id: fc.oneof(fc.string(), fc.jsonValue()),
            condition: fc.oneof(fc.constantFrom('', 'status:>=', '((('), fc.jsonValue()),
            limit: fc.jsonValue(),
            sample: fc.jsonValue(),
            slot: fc.jsonValue(),
          },
          { requiredKeys: [] },
        ),
        { maxLength: 3 },
      ),
      fc.jsonValue(),
    ),
    breakpoints: fc.oneof(fc.array(fc.jsonValue(), { maxLength: 2 }), fc.jsonValue()),
  },
  { requiredKeys: [] },
);
const contents = [
  '',
  '{',
  'null',
  '[]',
  '1',
  '{"v":1}',
  '{"v":1,"generation":2,"requests":[null],"breakpoints":[null]}',
  '{"v":1,"generation":2,"requests":{},"breakpoints":7}',
  '{"v":1,"generation":2,"requests":[{"id":{},"condition":[]}],"breakpoints":[{"kind":"__proto__"}]}',
  'LONG',
  ...fc.sample(state, { numRuns: 15, seed: 20261124 }).map((one) => JSON.stringify(one)),
  all(100),
];

describe.each(nodes.filter(({ major }) => major === 18 || major === 24))('Node $major', (node) => {
  test('any text in it changes nothing for the program, and a good one is followed again', async () => {
    const env = { CONTENTS: JSON.stringify(contents) };
    const [plain, run] = await Promise.all([runPlain(node, program, { env }), runTraced(node, program, { env })]);
    expect({ out: run.stdout, err: run.stderr, code: run.code }).toEqual({
      out: plain.stdout,
      err: plain.stderr,
      code: 0,
    });
    expect(plain.stdout.trim().split('\n')).toHaveLength(contents.length);
    const last = run.trace.requests.filter(({ url }) => url?.endsWith(`/${contents.length - 1}`));
    expect(last).toHaveLength(1);
  });
});
