/** `nettrace check` and `nettrace run --check`, on real runs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../support/programs/nodes';
import { Nettrace, programs } from '../testing/nettrace';

const nettrace = new Nettrace();
const shop = join(programs, 'shop.cjs');
const rules = (text: string, name = 'rules.yml'): string => {
  writeFileSync(join(nettrace.home, name), text);
  return name;
};

beforeAll(async () => {
  for (const side of ['before', 'after']) {
    const args = ['run', '--quiet', '-o', `${side}.nettrace.json`, '--', process.execPath, shop];
    expect(await nettrace.run(args, { env: { SHOP: side } })).toMatchObject({ code: 0 });
  }
});

const ours = `
version: 1
hosts: { ours: ["127.0.0.1"] }
rules:
  - { id: only-known-hosts, assert: { hosts: { only: [ours] } } }
  - { id: items-at-once, where: "path:/items/*", within: call-site, assert: { count: "<= 5" }, because: "Use /items?ids=." }
  - { id: no-errors, query: "status:>=500", max: 0 }
  - { id: quick-enough, where: "path:/quote/*", assert: { p95: { is: "< 10s" } } }
  - { id: certificates, where: "scheme:https", assert: { certificate: { days-left: ">= 14" } } }
  - { id: few-connections, severity: warning, assert: { connections: "<= 1" } }
`;

describe('a rules file', () => {
  test('each rule says what it found, with the line of code', async () => {
    const file = rules(ours);
    const good = await nettrace.run(['check', file, 'before.nettrace.json']);
    expect(good).toMatchObject({ code: 0, stderr: '' });
    expect(good.stdout).toContain('? certificates  no such request was made\n');
    expect(good.stdout).toMatch(/! few-connections \(warning\) {2}2 connections, allowed: <= 1\n/);
    expect(good.stdout).toMatch(/6 rules: 4 passed, 0 failed, 1 warning, 1 not exercised\n$/);

    const bad = await nettrace.run(['check', file, 'after.nettrace.json']);
    expect(bad).toMatchObject({ code: 1, stderr: '' });
    expect(bad.stdout).toMatch(
      /✕ only-known-hosts {2}1 request to localhost:\d+\n {4}GET http:\/\/localhost:\d+\/beacon {2}200 {2}shop\.cjs:36\n/,
    );
    expect(bad.stdout).toMatch(/✕ items-at-once {2}shop\.cjs:17: 7 requests, allowed: <= 5\n/);
    expect(bad.stdout).toContain('    … and 2 more\n    Use /items?ids=.\n');
  });

  test('--strict: what is not exercised fails', async () => {
    expect(await nettrace.run(['check', rules(ours), 'before.nettrace.json', '--strict'])).toMatchObject({ code: 1 });
  });

  test('several traces, and a baseline beside the rules file', async () => {
    const file = rules(`rules:
  - { id: as-before, assert: { baseline: { file: before.nettrace.json, new-hosts: none, more: none } } }
  - { id: total, max: 57 }
`);
    expect(await nettrace.run(['check', file, 'before.nettrace.json'])).toMatchObject({ code: 0 });
    const both = await nettrace.run(['check', file, 'before.nettrace.json', 'after.nettrace.json', '--json']);
    expect(both.code).toBe(1);
    const { rules: results } = JSON.parse(both.stdout) as { rules: { id: string; state: string; cases: object[] }[] };
    expect(results.map(({ id, state, cases }) => [id, state, cases.length])).toEqual([
      ['as-before', 'broken', 1],
      ['total', 'held', 2],
    ]);
    const absent = rules('rules:\n  - assert: { baseline: { file: absent.nettrace.json } }\n');
    expect(await nettrace.run(['check', absent, 'before.nettrace.json'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('absent.nettrace.json'),
    });
  });

  test.each([
    ['rules:\n  - id: x\n    asert: {none: true}\n', ':3:5: unknown key "asert"; the keys here are id, title, where'],
    ['rules:\n  - {id: X Y, max: 1}\n', ':2:6: rules[0].id is not valid. Name in reports'],
    ['rules:\n  - {id: x, where: "status:>=", max: 1}\n', ':2:13: status has no value'],
    ['rules:\n  - {id: x, max: 1}\n  - {id: x, max: 2}\n', ':3:6: "x" is the id of an earlier rule.'],
    ['rules:\n  - id: [\n', 'Flow sequence'],
    ['rules: []\n', ':1:1: rules must not have fewer than 1'],
    ['a: &a [1]\nb: [*a]\n', 'the file must have required properties rules.'],
    [
      'rules: [{max: 1}]\nrule: 1\n',
      ':2:1: unknown key "rule"; the keys here are version, defaults, hosts, ignore, rules.',
    ],
    ['', 'the file is empty'],
    ['[1, 2]', 'the file must be object'],
    [
      '{"rules": [{"assert": {"count": "about 3"}}]}',
      ':1:24: rules[0].assert.count is not valid. Number of the requests.',
    ],
  ])('what is wrong with %j is said with its place', async (text, words) => {
    const result = await nettrace.run(['check', rules(text, 'wrong.yml'), 'before.nettrace.json']);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toMatch(/^nettrace: wrong\.yml/);
    expect(result.stderr).toContain(words);
  });

  test('no such file, a folder, a binary file', async () => {
    for (const file of ['absent.yml', '.', process.execPath])
      expect(await nettrace.run(['check', file, 'before.nettrace.json'])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('reports', () => {
  test('JUnit: as the terminal says it', async () => {
    const result = await nettrace.run(['check', rules(ours), 'after.nettrace.json', '--junit', 'junit.xml']);
    expect(result).toMatchObject({ code: 1, stderr: 'nettrace: saved junit.xml\n' });
    const text = readFileSync(join(nettrace.home, 'junit.xml'), 'utf8');
    expect(XMLValidator.validate(text)).toBe(true);
    const { testsuites } = new XMLParser({ ignoreAttributes: false }).parse(text) as {
      testsuites: { testsuite: Record<string, unknown> };
    };
    const { testcase, ...suite } = testsuites.testsuite as { testcase: Record<string, unknown>[] };
    expect(suite).toEqual({
      '@_name': 'rules.yml',
      '@_tests': '6',
      '@_failures': '2',
      '@_errors': '0',
      '@_skipped': '1',
    });
    expect(testcase.map((one) => [one['@_name'], Object.keys(one).filter((key) => !key.startsWith('@_'))])).toEqual([
      ['only-known-hosts', ['failure']],
      ['items-at-once [shop.cjs:17]', ['failure']],
      ['no-errors', []],
      ['quick-enough', []],
      ['certificates', ['skipped']],
      ['few-connections', ['system-out']],
    ]);
    expect(testcase[0]).toMatchObject({ '@_file': shop, '@_line': '36' });
  });

  test('annotations of GitHub: the file as in the repository', async () => {
    const result = await nettrace.run(
      ['check', join(nettrace.home, rules(ours)), join(nettrace.home, 'after.nettrace.json'), '--github'],
      {
        cwd: repository,
      },
    );
    expect(result.stdout).toMatch(
      /^::error file=test\/cli\/programs\/shop\.cjs,line=36,col=\d+,title=nettrace%3A only-known-hosts::1 request to localhost:\d+$/m,
    );
    expect(result.stdout).toMatch(/^::warning .*title=nettrace%3A few-connections::/m);
  });

  test('Markdown', async () => {
    await nettrace.run(['check', rules(ours), 'after.nettrace.json', '--markdown', 'check.md']);
    const text = readFileSync(join(nettrace.home, 'check.md'), 'utf8');
    expect(text).toMatch(/^### Net Trace: 2 rules broken\n/);
    for (const row of text.split('\n').filter((line) => line.startsWith('|')))
      expect(row.replace(/\\\|/g, '').split('|')).toHaveLength(6);
  });

  test('--json fits docs/check.schema.json', async () => {
    const schema = JSON.parse(readFileSync(join(repository, 'docs/check.schema.json'), 'utf8')) as object;
    const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
    const { stdout } = await nettrace.run(['check', rules(ours), 'after.nettrace.json', '--json']);
    expect(validate(JSON.parse(stdout)), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ format: 'nettrace-check' })).toBe(false);
  });

  test('hostile text of a trace is text in each of them', async () => {
    const trace = JSON.parse(readFileSync(join(nettrace.home, 'before.nettrace.json'), 'utf8')) as {
      requests: { url: string; callSite?: object }[];
    };
    const hostile = 'http://a.example/]]><script>|`"\'&\u001b[31m\u202e\n::error::x';
    for (const request of trace.requests) request.url = hostile;
    writeFileSync(join(nettrace.home, 'hostile.nettrace.json'), JSON.stringify(trace));
    const file = rules('rules:\n  - { id: none, max: 0 }\n  - { id: one, within: host, max: 0 }\n', 'h.yml');
    const reports = ['--junit', 'h.xml', '--markdown', 'h.md', '--github'];
    const { stdout } = await nettrace.run(['check', file, 'hostile.nettrace.json', ...reports]);
    const [xml, markdown] = ['h.xml', 'h.md'].map((name) => readFileSync(join(nettrace.home, name), 'utf8')) as [
      string,
      string,
    ];
    expect(XMLValidator.validate(xml)).toBe(true);
    for (const text of [stdout, xml, markdown])
      for (const control of ['\u001b', '\u202e']) expect(text).not.toContain(control);
    expect(stdout.split('\n').filter((line) => line.startsWith('::'))).toHaveLength(2);
    expect(markdown.split('\n').filter((line) => /^(?!- `).*<script>/.test(line))).toEqual([]);
  });
});

describe('run --check', () => {
  const run = (code: string, ...args: string[]) =>
    nettrace.run(['run', ...args, '--check', rules(ours), '--', process.execPath, shop], { env: { SHOP: code } });

  test('the exit code is 1 where a rule is broken; the results are on stderr', async () => {
    expect(await run('before', '--quiet')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('few-connections'),
    });
    const broken = await run('after', '--quiet');
    expect(broken).toMatchObject({ code: 1, stdout: '' });
    expect(broken.stderr).toContain('✕ items-at-once');
    expect(broken.stderr).not.toContain('✓');
    const json = await run('after', '--json');
    expect(JSON.parse(json.stderr)).toMatchObject({ check: { format: 'nettrace-check', passed: false } });
  });

  test('the program’s own code stays', async () => {
    const program = ['--', process.execPath, '-e', 'process.exit(3)'];
    expect(await nettrace.run(['run', '--check', rules('rules: [{max: 0}]'), ...program])).toMatchObject({ code: 3 });
  });

  test('bad rules: nothing is started', async () => {
    const program = ['--', process.execPath, '-e', 'console.log(1)'];
    const wrong = rules('rules: [{}]', 'wrong.yml');
    expect(await nettrace.run(['run', '--check', wrong, ...program])).toMatchObject({ code: 2, stdout: '' });
    expect(await nettrace.run(['run', '--no-trace', '--check', rules(ours), ...program])).toMatchObject({
      code: 2,
      stdout: '',
    });
  });
});
