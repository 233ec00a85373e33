/** The npm package, installed without a network into an empty folder, and used from there. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Trace } from '../../src/model/records';
import { scratch } from '../../src/session/testing/scratch';
import { nodes } from '../support/programs/nodes';
import { type Ended, filesIn, packages, repository, run, tarball, version } from './testing/packages';

const sample = join(repository, 'test/cli/programs/requests.cjs');
const named = join(import.meta.dirname, 'programs/named.cjs');
const requestLine =
  readFileSync(sample, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes('.get({ host')) + 1;

/** A project of a user, below a path as users have. */
let project: string;
let installed: string;

beforeAll(async () => {
  project = await install(join(scratch('npm'), 'mit Leerzeichen é 網'));
  installed = join(project, 'node_modules/nettrace');
});

async function install(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  cpSync(sample, join(folder, 'app.js'));
  cpSync(named, join(folder, 'named.cjs'));
  const command = ['npm', 'install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { code, stdout, stderr } = await run([...command, join(packages(), tarball)], {
    cwd: folder,
    // No package comes from what this machine has downloaded before.
    env: { npm_config_cache: scratch('npm-cache') },
  });
  expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: expect.stringContaining('added 1 package') });
  return folder;
}

interface Use {
  /** Command line that runs ours (another user). */
  wrap?: readonly string[];
  env?: Record<string, string>;
  cwd?: string;
}

/** `node_modules/.bin/nettrace ARGS`, with this Node first on the PATH. */
function nettrace(
  binary: string,
  args: readonly string[],
  { wrap = [], env, cwd = project }: Use = {},
): Promise<Ended> {
  const home = scratch('home');
  return run([...wrap, join(project, 'node_modules/.bin/nettrace'), ...args], {
    cwd,
    env: {
      PATH: [dirname(binary), process.env.PATH].join(delimiter),
      HOME: home,
      XDG_CACHE_HOME: join(home, 'cache'),
      ...env,
    },
  });
}

/** Takes what is sent to it; `received`: how many bytes it was. */
async function receiver(): Promise<{ url: string; received: () => number }> {
  let bytes = 0;
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on('end', () => response.end());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1/traces`, received: () => bytes };
}

const traceIn = (file: string): Trace => JSON.parse(readFileSync(file, 'utf8')) as Trace;

describe('the npm package', () => {
  test('contains what the command line loads, and nothing else', () => {
    const helpers = filesIn(installed).filter((path) => path.startsWith('dist/native/'));
    expect(filesIn(installed).filter((path) => !helpers.includes(path))).toEqual([
      'LICENSE',
      'README.md',
      'dist/cli.cjs',
      'dist/hook.cjs',
      'dist/mcp.cjs',
      'dist/metrics.cjs',
      'dist/nettrace.cjs',
      'dist/otlp.cjs',
      'dist/requests.cjs',
      'dist/resolver.cjs',
      'docs/licences.md',
      'package.json',
    ]);
    // Each helper comes with the licence of the C library in it.
    const platforms = new Set(helpers.map((path) => path.split('/')[2] ?? ''));
    expect(helpers).toEqual(
      [...platforms].flatMap((name) =>
        ['LICENCES-musl.txt', 'nettrace-helper'].map((file) => `dist/native/${name}/${file}`),
      ),
    );
    expect([...platforms].filter((name) => !['linux-x64', 'linux-arm64'].includes(name))).toEqual([]);
  });

  test('has a manifest of its own: a command, and nothing to install or to run', () => {
    expect(JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))).toEqual({
      name: 'nettrace',
      version,
      description: expect.any(String),
      keywords: expect.arrayContaining(['http', 'cli']),
      license: 'Apache-2.0',
      bin: { nettrace: 'dist/nettrace.cjs' },
      engines: { node: '>=20.19' },
    });
  });

  test('takes at most 3 MB', () => {
    const bytes = filesIn(installed).reduce((sum, path) => sum + statSync(join(installed, path)).size, 0);
    expect(bytes).toBeLessThanOrEqual(3_000_000);
  });

  test('has the hook as it is built for the tests of the hook', () => {
    const names = ['hook.cjs', 'requests.cjs', 'resolver.cjs'];
    const folder = scratch('built');
    execFileSync(process.execPath, [join(repository, 'scripts/build.mjs'), '--out', folder, ...names]);
    const read = (from: string) => names.map((name) => readFileSync(join(from, name), 'utf8'));
    expect(read(join(installed, 'dist')).map((text, i) => text === read(folder)[i])).toEqual(names.map(() => true));
  });

  test('names no folder of the machine that built it, and no source map', () => {
    for (const path of filesIn(installed)) {
      const text = readFileSync(join(installed, path), 'latin1');
      expect(text.includes(repository), path).toBe(false);
      expect(/^\/\/# sourceMappingURL=/m.test(text), path).toBe(false);
    }
  });

  test('has no long lines: Node prints the whole line that throws', () => {
    for (const name of ['nettrace.cjs', 'cli.cjs', 'mcp.cjs', 'otlp.cjs', 'metrics.cjs']) {
      const lines = readFileSync(join(installed, 'dist', name), 'utf8').split('\n');
      expect(Math.max(...lines.map((line) => line.length)), name).toBeLessThan(10_000);
    }
  });

  test('has a README whose links lead to files of the package', () => {
    const text = readFileSync(join(installed, 'README.md'), 'utf8');
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const relative = targets.filter((target) => !/^(?:[a-z]+:|#)/.test(target));
    expect(relative).toContain('LICENSE');
    expect(relative.filter((target) => !filesIn(installed).includes(target.split('#')[0] ?? ''))).toEqual([]);
    expect(text).not.toContain('npm start');
    // Its own section on installing names this version.
    expect(text).toContain(tarball);
  });
});

test.each(nodes.filter(({ major }) => major < 20))('on Node $major it says which Node it needs', async (node) => {
  const { code, stdout, stderr } = await nettrace(node.binary, ['run', '--', 'node', '-e', '0']);
  const { engines } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    engines: { node: string };
  };
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(
    new RegExp(`^nettrace: the command needs Node ${engines.node.slice(2)} or later; this is ${node.version}\\. .*\n$`),
  );
});

describe.each(nodes.filter(({ major }) => major >= 20))('on Node $major', ({ binary, version: ofNode }) => {
  const file = (name: string) => join(project, `${ofNode}-${name}`);
  const use = (...args: string[]) => nettrace(binary, args);

  test('--version, and doctor finds that the hook reports', async () => {
    expect(await use('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    const { code, stdout } = await use('doctor');
    expect({ code, lines: stdout.split('\n').slice(0, 2) }, stdout).toEqual({
      code: 0,
      lines: [
        expect.stringMatching(new RegExp(`^ok +nettrace ${version} on Node ${ofNode}, `)),
        expect.stringMatching(/^ok +the hook loads in node and reports$/),
      ],
    });
  });

  test('run traces a program with the lines of its requests; show and convert read the trace', async () => {
    const saved = file('x.nettrace.json');
    const ran = await use('run', '-o', saved, '--', 'node', 'app.js', '2');
    expect({ code: ran.code, stdout: ran.stdout }, ran.stderr).toEqual({ code: 0, stdout: 'served 2\n' });
    expect(ran.stderr).toContain('2 requests');

    const trace = traceIn(saved);
    expect(trace.processes.map((one) => one.runtime?.version)).toEqual([ofNode]);
    expect(trace.requests.map(({ response, callSite }) => [response?.status, callSite?.file, callSite?.line])).toEqual(
      Array(2).fill([200, join(project, 'app.js'), requestLine]),
    );

    const shown = await use('show', saved);
    expect(shown.code, shown.stderr).toBe(0);
    const rows = shown.stdout.match(new RegExp(`^200 .* app\\.js:${requestLine} `, 'gm'));
    expect(rows, shown.stdout).toHaveLength(2);

    expect((await use('convert', saved, file('x.har'))).code).toBe(0);
    const har = JSON.parse(readFileSync(file('x.har'), 'utf8')) as { log: { entries: unknown[] } };
    expect(har.log.entries).toHaveLength(2);
  });

  test('spans are sent, traces compared and checked, and assistants served, by the parts of the package', async () => {
    const spans = await receiver();
    const saved = file('sent.nettrace.json');
    const rules = file('rules.yaml');
    writeFileSync(rules, 'rules:\n  - assert: { count: "<= 1" }\n');

    const sent = await use('run', '--otlp', spans.url, '--metrics', '0', '-o', saved, '--', 'node', 'app.js', '2');
    expect({ code: sent.code, stdout: sent.stdout }, sent.stderr).toEqual({ code: 0, stdout: 'served 2\n' });
    expect(spans.received()).toBeGreaterThan(0);

    expect((await use('diff', saved, saved)).code).toBe(0);
    const checked = await use('check', rules, saved);
    expect(checked.code, checked.stdout + checked.stderr).toBe(1);
    // Its input has ended already.
    expect(await use('mcp', saved)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('the resolver is loaded from the package when messages of DNS are asked for', async () => {
    const saved = file('dns.nettrace.json');
    const ran = await use('run', '--dns-resolver', '-o', saved, '--', 'node', 'named.cjs');
    expect({ code: ran.code, stdout: ran.stdout }, ran.stderr).toEqual({ code: 0, stdout: 'done\n' });
    const { sources, lookups } = traceIn(saved);
    expect(sources.find(({ name }) => name === 'resolver')?.state).toBe('on');
    expect(lookups.map((one) => [one.hostname, one.answeredBy])).toEqual([['localhost', 'hosts']]);
  });
});

describe('the helper in the package', () => {
  const file = (arch: string) => join(installed, `dist/native/linux-${arch}/nettrace-helper`);

  test('runs, and is of the package’s version', async ({ skip }) => {
    if (!existsSync(file(process.arch))) skip('it was not built here');
    expect(await run([file(process.arch), '--version'], { cwd: project })).toEqual({
      code: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });

  test('runs on arm64', async ({ skip }) => {
    if (!existsSync(file('arm64')) || spawnSync('qemu-aarch64', ['--version']).error)
      skip('no helper, or no qemu-user');
    expect(await run(['qemu-aarch64', file('arm64'), '--version'], { cwd: project })).toEqual({
      code: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });
});

describe('a folder that nettrace cannot write', () => {
  /** Root ignores modes: then another user runs it. */
  const isRoot = process.getuid?.() === 0;
  const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

  test('is enough to run it from, and stays as it is', async () => {
    const about = () =>
      filesIn(installed).map((path) => [
        path,
        statSync(join(installed, path)).mtimeMs,
        statSync(join(installed, path)).size,
      ]);
    const before = about();
    const home = scratch('nobody');
    chmodSync(home, 0o777);
    const folders = readdirSync(project, { recursive: true, withFileTypes: true }).filter((one) => one.isDirectory());
    const all = [project, ...folders.map((one) => join(one.parentPath, one.name))];
    for (const folder of all) chmodSync(folder, 0o555);
    try {
      const options = { wrap: isRoot ? asNobody : [], env: { HOME: home, XDG_CACHE_HOME: join(home, 'cache') } };
      const probe = await run([...options.wrap, 'touch', join(installed, 'dist/new')], { cwd: home });
      expect(probe.code, 'the folder can be written').not.toBe(0);

      const saved = join(home, 'x.nettrace.json');
      const args = ['run', '-o', saved, '--', 'node', join(project, 'app.js'), '2'];
      const ran = await nettrace(process.execPath, args, { ...options, cwd: home });
      expect({ code: ran.code, stdout: ran.stdout }, ran.stderr).toEqual({ code: 0, stdout: 'served 2\n' });
      expect(traceIn(saved).requests).toHaveLength(2);
      const shown = await nettrace(process.execPath, ['show', saved], { ...options, cwd: home });
      expect({ code: shown.code, stderr: shown.stderr }).toEqual({ code: 0, stderr: '' });
    } finally {
      for (const folder of all) chmodSync(folder, 0o755);
    }
    expect(about()).toEqual(before);
  });
});
