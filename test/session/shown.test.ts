/**
 * Secrets in every place of a program, through the extension's side of a session: into the rows, details and messages of
 * the page, the hovers, the copies, the saved files and the runs kept for the next window. None is there.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { asCurl, asCurlCmd } from '../../src/extension/copies/curl';
import { asFetch, asPowerShell } from '../../src/extension/copies/script';
import { keepRuns } from '../../src/extension/kept/keepRuns';
import { KeptRuns } from '../../src/extension/kept/keptRuns';
import { hoverOf } from '../../src/extension/notes/hover';
import { copyLink, lastRequests } from '../../src/extension/notes/lastRequests';
import { summaryOf } from '../../src/extension/notes/summary';
import { Runs } from '../../src/extension/runs/runs';
import { readTrace, recoverTrace, writeTrace } from '../../src/extension/work';
import type { Details } from '../../src/model/panel/protocol';
import { TraceSession } from '../../src/session/session';
import { scratch } from '../../src/session/testing/scratch';
import { asBreakdown, asTable, asVerdict } from '../../webview/view/words/copy';
import { hookAlone } from '../support/programs/hook';
import { repository } from '../support/programs/nodes';
import { cleanEnvironment } from '../support/programs/program';

vi.mock('vscode', () => ({
  MarkdownString: class {
    value = '';
    appendMarkdown(text: string) {
      this.value += text;
    }
  },
}));

const planted = 'pLaNtEd47';
const program = join(repository, 'test/cli/programs/secretive.cjs');
const folder = scratch();
let session: TraceSession;
let runs: Runs;
let kept: KeptRuns;
let details: Details[];

/** Where a text has a planted secret, with what is round it. */
const leaks = (text: string): string[] =>
  [...text.matchAll(new RegExp(planted, 'gi'))].map(({ index }) => text.slice(Math.max(0, index - 80), index + 20));

beforeAll(async () => {
  session = await TraceSession.create({
    hookFile: hookAlone(),
    cacheFolder: join(folder, 'cache'),
    headers: 'values',
    bodies: 100_000,
    incoming: true,
    stacks: true,
    sockets: true,
  });
  runs = new Runs(() => 5);
  kept = new KeptRuns(join(folder, 'kept'), async () => ({ writeTrace, readTrace, recoverTrace }), {
    warn: console.error,
  });
  await keepRuns(runs, kept, 5);
  session.begin();
  const run = runs.begin(session, 'Secretive');
  const env = { ...cleanEnvironment(), ...session.environment({}), PLANTED: planted };
  const child = spawn(process.execPath, [program, 'all', `--password=${planted}40`, '--api-key', `${planted}41`], {
    env,
    stdio: 'ignore',
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  session.processEnded(child.pid as number, { exitCode: 0 });
  await runs.end(run);
  await kept.settled();
  run.rows.update(run.elapsed());
  details = runs.rows().flatMap((row) => runs.details(row.id) ?? []);
});
afterAll(() => runs.dispose());

test('all that holds a secret was recorded', () => {
  const urls = runs.rows().map((row) => row.url);
  for (const path of ['/credentials', '/moved', '/path/***', '/form', '/json', '/error', 'nowhere.invalid', '/child'])
    expect(urls.some((url) => url.includes(path))).toBe(true);
  expect(details).toHaveLength(urls.length);
  expect(JSON.stringify(details.map((d) => [d.request.body, d.request.response?.content]))).toContain('***');
  expect(JSON.stringify(details.map((d) => d.request.headers))).toContain('x-auth-token');
});

test('none is in what the page gets', () =>
  expect(
    leaks(JSON.stringify([runs.rows(), runs.connections(), runs.findings(), runs.runs(), runs.status(), details])),
  ).toEqual([]));

test('none is in a hover', () => {
  const rows = runs.rows();
  const markdown = hoverOf(summaryOf(rows, 0), { file: program, line: 1 }, (id) => runs.verdict(id));
  expect(markdown.value).toContain('Copy as cURL');
  expect(leaks(decodeURIComponent(markdown.value.replaceAll(/%(?![0-9a-f]{2})/gi, '')))).toEqual([]);
  for (const row of rows) expect(leaks(lastRequests([row], () => 0) + copyLink([row]))).toEqual([]);
});

test('none is in a copy', () => {
  for (const d of details) {
    const copies = [asCurl, asCurlCmd, asPowerShell, asFetch].map((as) => as(d.row, d));
    copies.push(asVerdict(d.row, d), asBreakdown(d.row), asTable([d.row]), d.row.url);
    expect(leaks(copies.join('\n'))).toEqual([]);
  }
});

test('none is in a file: saved in whichever format, or kept for the next window', async () => {
  const [run] = runs.list();
  if (!run) throw new Error('there is no run');
  for (const name of ['a.nettrace.json', 'b.har', 'c.eve.json']) await writeTrace(run.document(), join(folder, name));
  const files = [
    'a.nettrace.json',
    'b.har',
    'c.eve.json',
    ...readdirSync(join(folder, 'kept')).map((n) => `kept/${n}`),
  ];
  expect(files).toHaveLength(5);
  for (const name of files) {
    const text = readFileSync(join(folder, name), 'utf8');
    expect({ name, leaks: leaks(text) }).toEqual({ name, leaks: [] });
    if (!name.endsWith('.run.json')) expect(text).toContain('***');
  }
});
