// Errors of the program under the hook: 104 programs, each of a call that makes an error and a way to see it. A crash report
// is the same to the letter. An error that the program catches and prints by itself still shows the hook's own frames (see
// docs/architecture.md): none of the program's is missing, and the hook's are counted here.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodes } from '../support/nodes';
import { runPlain } from '../support/program';
import { hookFile, runTraced } from '../support/run';

const program = join(import.meta.dirname, 'programs/throws.cjs');
const calls: Readonly<Record<string, number>> = {
  url: 1,
  protocol: 1,
  port: 4,
  header: 1,
  method: 1,
  path: 1,
  signal: 1,
  agent: 3,
  agents: 1,
  write: 1,
  end: 1,
  connect: 1,
  socket: 1,
  lookup: 1,
  noLookup: 1,
  tls: 1,
  timeout: 0,
  dns: 2,
  dnsFamily: 1,
  dnsPromise: 2,
  resolve: 2,
  resolvePromise: 2,
  fetch: 0,
  fetchMethod: 0,
  datagram: 0,
  http2: 0,
};
const ways = ['later', 'limit', 'prepared'] as const;

const ofProgram = (stderr: string): string[] =>
  stderr.split('\n').filter((line) => line !== '' && !line.includes(hookFile));

const ends = [nodes.at(0), nodes.at(-1)].filter((n) => n !== undefined);

describe.each(ends)('Node $major', (node) => {
  test('all calls and ways of the program stand here', async () => {
    const { stdout } = await runPlain(node, program, { args: ['list'] });
    expect(JSON.parse(stdout)).toEqual([Object.keys(calls), ['uncaught', ...ways]]);
  });

  test.each(Object.entries(calls))(
    '%s: the crash report is the same, and no frame of the program is lost',
    async (call, frames) => {
      const both = (way: string) =>
        Promise.all([runPlain(node, program, { args: [call, way] }), runTraced(node, program, { args: [call, way] })]);
      const [plain, crashed] = await both('uncaught');
      expect(plain.code).toBe(1);
      expect({ code: crashed.code, stderr: crashed.stderr }).toEqual({ code: plain.code, stderr: plain.stderr });
      for (const way of ways) {
        const [bare, run] = await both(way);
        expect(run.code).toBe(bare.code);
        expect(run.stderr.split(hookFile).length - 1).toBeLessThanOrEqual(frames);
        // Room is made for our frames: where they are beyond the limit, some more of the program's are there.
        const expected = ofProgram(bare.stderr);
        expect(ofProgram(run.stderr).slice(0, expected.length)).toEqual(expected);
      }
    },
  );
});
