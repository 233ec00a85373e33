/**
 * A39: no planted secret reaches any output: spool lines, native file, HAR, EVE, rows and texts of the panel, what the
 * command line prints; at all four header levels, with bodies recorded.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eveText } from '../../src/formats/eve/write';
import { harText } from '../../src/formats/har/write';
import { nativeText } from '../../src/formats/native/format';
import { rowOf } from '../../src/model/rows/row';
import { problemsAgainst, problemsOf, visible } from '../support/check';
import { Observed } from '../support/observe';
import { closedPort } from '../support/ports';
import { nodes, repository } from '../support/programs/nodes';
import { cleanEnvironment, type Ending, runCommand, runPlain } from '../support/programs/program';
import { runTraced, type TracedRun } from '../support/programs/run';
import { Upstream } from '../support/servers/upstream';

const program = join(import.meta.dirname, 'programs/secrets.cjs');
const args = ['--token=SECRET-argument', '--password', 'SECRET-word', 'http://u:SECRET-in-argument@example.test/'];
const cli = join(repository, 'dist/nettrace.cjs');
let upstream: Upstream;
let env: Record<string, string>;
beforeAll(async () => {
  upstream = await Upstream.start();
  env = { ...upstream.environment, UP_CLOSED: String(await closedPort()) };
});
afterAll(() => upstream.close());

/** Every text that a user can get of a trace, by name. */
function outputs(run: TracedRun): Record<string, string> {
  const rows = [...run.store.requests.values()].map((r) => rowOf(r, run.store, 0));
  return {
    spool: run.lines.map((l) => l.text).join('\n'),
    native: nativeText(run.trace),
    har: harText(run.trace),
    eve: eveText(run.trace),
    rows: JSON.stringify(rows),
  };
}

describe.each(nodes)('Node $major', (node) => {
  let plain: Ending;
  beforeAll(async () => {
    plain = await runPlain(node, program, { env, args });
  });

  test.each(['off', 'names', 'lengths', 'values'])('A39: header level %s', async (headers) => {
    await upstream.quiet();
    upstream.facts.clear();
    const run = await runTraced(node, program, { env, args, conf: { headers, bodies: 10_000 } });
    await upstream.quiet();
    expect(visible(run)).toEqual(visible(plain));
    expect(problemsOf(run)).toEqual([]);
    const requests = new Observed(run).requests;
    expect(requests).toHaveLength(9);
    const bodies = requests.flatMap((r) => r.body?.content?.text ?? []);
    expect(bodies).toEqual([
      '{"user":"ann","password":"***","apiKey":["***"]}',
      'grant_type=x&client_secret=***&refresh_token=***',
      '{"access_token":"***"',
    ]);
    // The plants are real: the server got them, and the records of the same requests are there, masked.
    const sent = JSON.stringify(upstream.facts.requests);
    for (const s of ['SECRET-bearer', 'SECRET-cookie', 'SECRET-apikey', 'SECRET-token']) expect(sent).toContain(s);
    expect(requests[0]?.url).toContain('token=***&a=1');
    expect(requests[1]?.url).not.toContain('user');
    for (const [name, text] of Object.entries(outputs(run))) {
      const hits = text.match(/SECRET-[\w-]*/g) ?? [];
      expect(hits, `secrets in ${name}`).toEqual([]);
      expect(text.length, `${name} is empty`).toBeGreaterThan(100);
      for (const base64 of ['U0VDUkVU', 'VNFQ1JFV', 'TRUNSRV']) expect(text).not.toContain(base64);
    }
    const first = requests[0];
    if (headers === 'off') {
      expect(first?.headers).toBeUndefined();
      expect(first?.response?.headers).toBeUndefined();
      return;
    }
    const header = (name: string) => first?.headers?.find((h) => h.name.toLowerCase() === name);
    expect(Object.keys(header('authorization') ?? {})).toEqual(headers === 'names' ? ['name'] : ['name', 'length']);
    const type = first?.response?.headers?.find((h) => h.name.toLowerCase() === 'content-type');
    expect(type?.value).toBe(headers === 'values' ? 'text/plain' : undefined);
    if (headers !== 'names') expect(header('cookie')?.length).toBe('sid=SECRET-cookie'.length);
    // Header recording does not change what else is known.
    const own = problemsAgainst(run, upstream.facts).filter((p) => !/SECRET/.test(p));
    expect(own).toEqual([]);
  });

  test('A39: the files and the words of the command line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nettrace-cli-'));
    const files = ['t.nettrace.json', 't.har', 't.eve.json'].map((f) => join(folder, f));
    const options = [
      '--headers',
      'values',
      '--bodies',
      '10000',
      '--body-types',
      'application/,text/',
      ...files.flatMap((f) => ['-o', f]),
    ];
    const command = [process.execPath, cli, 'run', ...options, '--', node.binary, program, ...args];
    const run = await runCommand(command, {}, { ...cleanEnvironment(), ...env });
    expect(run.stdout).toBe(plain.stdout);
    expect(run.code).toBe(plain.code);
    expect(run.stderr).toContain('refresh_token=***');
    for (const f of files.slice(0, 2)) expect(readFileSync(f, 'utf8')).toContain('client_secret=***');
    for (const text of [run.stderr, ...files.map((f) => readFileSync(f, 'utf8'))]) {
      expect(text.match(/SECRET-[\w-]*/g) ?? []).toEqual([]);
      expect(text.length).toBeGreaterThan(100);
    }
    rmSync(folder, { recursive: true });
  });
});
