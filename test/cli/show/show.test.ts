import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratch } from '../../../src/session/testing/scratch';
import { Nettrace } from '../testing/nettrace';

const golden = join(__dirname, '../../../src/model/golden/example.nettrace.json');
const nettrace = new Nettrace();
/** Without the indentation that the test's own text has. */
const text = (s: string) => s.replace(/^\n/, '').replace(/^ {4}/gm, '').trimEnd();

describe('show', () => {
  test('one line a request', async () => {
    const { code, stdout, stderr } = await nettrace.run(['show', golden]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchSnapshot();
  });

  test('each request with its phases', async () => {
    const { stdout } = await nettrace.run(['show', golden, '--view', 'request']);
    expect(stdout).toMatchSnapshot();
    // The figures of the specification's example.
    expect(stdout.replace(/ {2}│.*│/g, '')).toContain(
      text(`
      queueing                0.2 ms      0.2 ms
      DNS lookup               20 ms       20 ms
      TCP connect              22 ms       42 ms
      TLS handshake            48 ms       90 ms
      request sent            0.2 ms       90 ms
      waiting for server      412 ms      502 ms
      content download         93 ms      596 ms
      total                   596 ms`),
    );
  });

  test('only what a query passes, in every view', async () => {
    const { code, stdout } = await nettrace.run(['show', golden, '--query', 'status:2xx -is:reused']);
    expect(code).toBe(0);
    expect(stdout).toContain('2 of 8 requests match status:2xx -is:reused');
    const urls = (text: string) => [...text.matchAll(/https?:\/\/\S+/g)].map((m) => m[0]);
    expect(urls(stdout)).toEqual(['https://pay.example.test/v1/intents/42', 'http://127.0.0.1:9000/health']);
    const blocks = await nettrace.run(['show', golden, '--query', 'host:127.0.0.1', '--view', 'request']);
    expect(urls(blocks.stdout)).toEqual(['http://127.0.0.1:9000/health']);
    const groups = await nettrace.run(['show', golden, '--query', 'has:error', '--top', 'host']);
    expect([...groups.stdout.matchAll(/^(\S+\.test|\d\S+) /gm)].map((m) => m[1])).toEqual([
      'expired.example.test',
      'nosuch.example.test',
    ]);
    // Of the connections those that its requests used.
    const lives = await nettrace.run(['show', golden, '--query', 'host:127.0.0.1', '--view', 'tcplife']);
    expect(lives.stdout.trim().split('\n').slice(1)).toEqual([expect.stringContaining('127.0.0.1')]);
    // What was typed without a key, and a value that is only a part, are reported when nothing matches.
    const text = await nettrace.run(['show', golden, '--query', 'pagge=2']);
    expect(text.stdout).toContain('0 of 8 requests match pagge=2\npagge=2: searched as text in URL');
    const part = await nettrace.run(['show', golden, '--query', 'path:/v1']);
    expect(part.stdout).toMatch(/path:\/v1 is the whole path: path:\/v1\* matches \d\./);
    const equal = await nettrace.run(['show', golden, '--query', 'host=127.0.0.1']);
    expect(equal.stdout).toContain('1 of 8 requests match host=127.0.0.1');
    const none = await nettrace.run(['show', golden, '--query', 'status:599']);
    expect(none).toMatchObject({ code: 0, stdout: expect.stringContaining('0 of 8 requests match') });
  });

  test('a query that is wrong: the place is marked, exit code 2', async () => {
    const { code, stdout, stderr } = await nettrace.run(['show', golden, '--query', 'cart stats:500']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(
      '--query: unknown key "stats" at column 6. Did you mean status:500? To search for the text, use quotes: "stats:500"\n  cart stats:500\n       ^^^^^\n',
    );
  });

  test('a reader that has enough', async () => {
    const result = await nettrace.run(['show', golden, '--view', 'request'], {
      wrap: ['sh', '-c', '"$@" | head -n 1', 'sh'],
    });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout.split('\n')).toHaveLength(2);
  });

  test('a full disk behind stdout: said, exit code 2', async () => {
    const result = await nettrace.run(['show', golden], { wrap: ['sh', '-c', '"$@" > /dev/full', 'sh'] });
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('could not be written') });
  });

  test.each([['--help'], ['show', golden, '--json'], ['show', golden, '--view', 'request']])(
    'a full disk behind stdout: said once: %s',
    async (...args) => {
      const { code, stderr } = await nettrace.run(args, { wrap: ['sh', '-c', '"$@" > /dev/full', 'sh'] });
      expect(code).toBe(2);
      expect(stderr.match(/could not be written/g)).toHaveLength(1);
    },
  );

  test('an empty query asks for nothing; all rows are as many as there are', async () => {
    const { stdout } = await nettrace.run(['show', golden]);
    for (const more of [
      ['--query', ''],
      ['--query', ' '],
      ['--rows', 'all'],
    ])
      expect(await nettrace.run(['show', golden, ...more])).toMatchObject({ code: 0, stdout });
  });

  test('on a pipe COLUMNS says how wide a table may be', async () => {
    const { stdout } = await nettrace.run(['show', golden], { env: { COLUMNS: '40' } });
    const table = stdout.slice(stdout.indexOf('\n\n'));
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
  });

  test.each([
    ['no such file', '/nowhere/x.nettrace.json', /nothing|not exist|no such/i],
    ['no name', '', /the name of the trace is empty/i],
    ['no trace', join(__dirname, '../../../package.json'), /package\.json/],
  ])('%s: a clear message and exit code 2', async (_, file, message) => {
    const { code, stdout, stderr } = await nettrace.run(['show', file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('convert', () => {
  test('to each format; native to native is the same trace', async () => {
    const folder = scratch();
    for (const name of ['a.har', 'a.eve.json', 'a.nettrace.json']) {
      expect(await nettrace.run(['convert', golden, name], { cwd: folder })).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(/^nettrace: saved a\.\S+ \(8 requests, [\d,]+ bytes\)\n$/),
      });
    }
    const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
    expect(read('a.har').log.entries).toHaveLength(8);
    expect(read('a.eve.json').httpRequests).toHaveLength(8);
    expect(read('a.nettrace.json')).toEqual(JSON.parse(readFileSync(golden, 'utf8')));
  });

  test('a file that was cut off: what is whole is shown and converted, and it is said', async () => {
    const folder = scratch();
    const cut = join(folder, 'cut.nettrace.json');
    const whole = readFileSync(golden, 'utf8');
    writeFileSync(cut, whole.slice(0, whole.lastIndexOf('"connections":') + 100));
    const said = expect.stringMatching(
      /^nettrace: .*cut\.nettrace\.json: the file is cut off at byte \d+\. The .* before that were read\.\n$/,
    );
    const shown = await nettrace.run(['show', cut]);
    expect(shown).toMatchObject({ code: 0, stderr: said, stdout: expect.stringContaining('Lost: ') });
    expect(shown.stdout.match(/(GET|POST) +http/g)).toHaveLength(8);
    const converted = await nettrace.run(['convert', cut, 'a.har'], { cwd: folder });
    expect(converted).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/cut off at byte .*\n.* saved a\.har \(8 /),
    });
    expect(JSON.parse(readFileSync(join(folder, 'a.har'), 'utf8')).log.entries).toHaveLength(8);
  });

  test('an unknown suffix, a file cut short before its first record: exit code 2, nothing written', async () => {
    const folder = scratch();
    const cut = join(folder, 'cut.nettrace.json');
    writeFileSync(cut, readFileSync(golden, 'utf8').slice(0, 40));
    const unknown = await nettrace.run(['convert', golden, join(folder, 'b.pdf')]);
    expect(unknown).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('.nettrace.json, .nettrace.db, .har, .eve.json or .otlp.json'),
    });
    const short = await nettrace.run(['convert', cut, join(folder, 'b.har')]);
    expect(short).toMatchObject({ code: 2, stderr: expect.stringContaining(cut) });
    expect(existsSync(join(folder, 'b.har'))).toBe(false);
  });
});

describe('doctor and the rest', () => {
  test('doctor tries the hook for real', async () => {
    const { code, stdout } = await nettrace.run(['doctor', '--node', process.execPath]);
    expect(stdout).toContain(`the hook loads in ${process.execPath} and reports`);
    expect(stdout).toContain(`traces can be saved in ${nettrace.home}`);
    expect(code).toBe(0);
  });

  test('doctor says what is wrong and what to do, with exit code 1', async () => {
    const { code, stdout } = await nettrace.run(['doctor', '--node', '/bin/true']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/BAD {3}the hook does not load in \/bin\/true: .*\n {6}Check/);
  });

  test('--version, --help and --defaults', async () => {
    const { version } = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8'));
    expect((await nettrace.run(['--version'])).stdout).toBe(`${version}\n`);
    for (const args of [
      ['--help'],
      ['run', '--help'],
      ['show', '--help'],
      ['convert', '--help'],
      ['doctor', '--help'],
    ]) {
      expect(await nettrace.run(args)).toMatchObject({
        code: 0,
        stderr: '',
        stdout: expect.stringContaining('Usage: nettrace'),
      });
    }
    const { code, stdout } = await nettrace.run(['--defaults']);
    expect(code).toBe(0);
    for (const line of [
      /^run --output +none$/m,
      /^run --headers +off$/m,
      /^run --description +the command$/m,
      /^show --view +table$/m,
    ]) {
      expect(stdout).toMatch(line);
    }
    const run = await nettrace.run(['run', '--defaults']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(stdout).toContain(run.stdout);
  });
});
