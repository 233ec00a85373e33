/** What `run` shows while the program runs: --log, --table; and which options exclude each other. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { scratch } from '../../src/session/testing/scratch';
import { Nettrace, programs, requests } from './testing/nettrace';

const nettrace = new Nettrace();
afterEach(() => expect(nettrace.spools()).toEqual([]));

const node = process.execPath;
const slowly = join(programs, 'slowly.cjs');
const linePattern =
  /^nettrace: (\d+\.\d{6}) (\S+) (process|request|lookup|socket|attempt|connected|tls|informed|head|end|error|close|exit) +(.*)$/;

const eventsOf = (stderr: string) =>
  stderr.split('\n').flatMap((line) => {
    const [, at, id, event, text] = linePattern.exec(line) ?? [];
    return event === undefined ? [] : [{ at: Number(at), id, event, text: text as string }];
  });

/** Two requests; it ends only when its input does, so that what is shown before was shown while it ran. */
const waiting = `const http = require('node:http');
  const server = http.createServer((_, r) => r.end('x')).listen(0, '127.0.0.1', () => {
    for (const path of ['/1', '/2']) http.get({ host: '127.0.0.1', port: server.address().port, path }, (r) => r.resume());
  });
  process.stdin.resume().on('end', () => { server.close(); server.closeAllConnections(); });`;

/** Runs it with these options until stderr shows what is waited for, then lets it end; all of stderr. */
async function whileRunning(options: string[], isShown: (stderr: string) => boolean): Promise<string> {
  const child = spawn(node, [nettrace.bin, 'run', ...options, '--', node, '-e', waiting], {
    env: { ...process.env, TMPDIR: nettrace.home, XDG_CACHE_HOME: join(nettrace.home, 'cache') },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const closed = once(child, 'close');
  try {
    await expect.poll(() => isShown(stderr), { timeout: 20_000 }).toBe(true);
  } finally {
    child.stdin.end();
    await closed;
  }
  return stderr;
}

describe('--log', () => {
  test('every event of every request as a line, then the summary', async () => {
    const result = await nettrace.run(['run', '--log', '--', node, requests, '3']);
    expect(result).toMatchObject({ code: 0, stdout: 'served 3\n' });
    const events = eventsOf(result.stderr);
    const count = (word: string) => events.filter((e) => e.event === word).length;
    expect(
      Object.fromEntries(
        ['process', 'request', 'attempt', 'connected', 'head', 'end', 'exit'].map((w) => [w, count(w)]),
      ),
    ).toEqual({ process: 1, request: 3, attempt: 3, connected: 3, head: 3, end: 3, exit: 1 });
    const first = events.find((e) => e.event === 'request');
    const story = events.filter((e) => e.id === first?.id).map((e) => e.event);
    expect(story.filter((w) => w !== 'close')).toEqual(['request', 'attempt', 'connected', 'head', 'end']);
    expect(first?.text).toMatch(/^GET http:\/\/127\.0\.0\.1:\d+\/0\?token=\*\*\*$/);
    expect(events.find((e) => e.event === 'end')?.text).toMatch(/^200, 5 B, \d.* ms, at .*requests\.cjs:\d+$/);
    expect(result.stderr).not.toContain('planted-secret');
    expect(result.stderr).not.toContain('\x1b');
    expect(result.stderr.split('\n').filter((l) => l.startsWith('nettrace: 3 requests'))).toHaveLength(1);
  });

  test('lines come while the program runs', async () => {
    const ends = (text: string) => eventsOf(text).filter((e) => e.event === 'end').length;
    const err = await whileRunning(['--log', '--quiet'], (text) => ends(text) === 2);
    expect(ends(err)).toBe(2);
    // --quiet: no summary behind the lines.
    expect(err.split('\n').filter((l) => l !== '' && !linePattern.test(l))).toEqual([]);
  });

  test('failures: which step, which code', async () => {
    const refused = `require('http').get('http://127.0.0.1:1/x').on('error', () => {});
      require('http').get('http://nosuch.invalid/').on('error', () => {});`;
    const { stderr } = await nettrace.run(['run', '--log', '--quiet', '--', node, '-e', refused]);
    const errors = eventsOf(stderr).filter((e) => e.event === 'error');
    expect(errors.map((e) => e.text).join('\n')).toMatch(/connect 127\.0\.0\.1:1, .*ECONNREFUSED/);
    expect(errors.map((e) => e.text).join('\n')).toMatch(/TCP refused, /);
    expect(eventsOf(stderr).find((e) => e.event === 'lookup')?.text).toMatch(/^nosuch\.invalid, .*E/);
  });
});

test('--log: HTTP/2, 1xx responses, datagrams; the summary counts what is not the plain way', async () => {
  const program = `const http2 = require('node:http2'), http = require('node:http'), dgram = require('node:dgram');
    const { once } = require('node:events');
    (async () => {
      const two = http2.createServer((_, r) => r.end('x')).listen(0, '127.0.0.1');
      await once(two, 'listening');
      const client = http2.connect('http://127.0.0.1:' + two.address().port);
      for (const path of ['/1', '/2']) { const q = client.request({ ':path': path }); q.resume(); await once(q, 'end'); }
      client.close(); two.close();
      const one = http.createServer((_, r) => r.end('ok')).listen(0, '127.0.0.1');
      await once(one, 'listening');
      const q = http.request({ host: '127.0.0.1', port: one.address().port, method: 'PUT', headers: { Expect: '100-continue' } });
      q.on('continue', () => q.end('body')).flushHeaders();
      const [r] = await once(q, 'response'); r.resume(); await once(r, 'end');
      one.close(); one.closeAllConnections();
      const socket = dgram.createSocket('udp4');
      socket.send('abc', 9, '127.0.0.1', () => socket.close());
    })();`;
  const { code, stderr } = await nettrace.run(['run', '--log', '--', node, '-e', program]);
  expect(code).toBe(0);
  const events = eventsOf(stderr);
  const texts = (word: string) => events.filter((e) => e.event === word).map((e) => e.text);
  expect(texts('head').filter((t) => t.startsWith('200, h2, '))).toHaveLength(2);
  expect(texts('informed')).toEqual(['100']);
  expect(texts('socket')).toHaveLength(1);
  expect(texts('close').some((t) => /1 datagram sent/.test(t))).toBe(true);
  expect(stderr).toMatch(/^nettrace: 3 requests · .* · 2 over HTTP\/2/m);
});

describe('--table', () => {
  test('on a pipe: a table at each interval that brought news, then the summary', async () => {
    const head = /^nettrace: 2 requests · .*\d m?s$/m;
    const stderr = await whileRunning(['--table', '--interval', '0.2'], (text) => head.test(text));
    expect(stderr.match(new RegExp(head, 'gm'))?.length).toBeGreaterThanOrEqual(2);
    expect(stderr).not.toContain('\x1b');
  });

  test('on a terminal: drawn in place', async () => {
    const inner = `stty cols 120 rows 30; exec '${node}' '${nettrace.bin}' run --table --interval 0.2 -- '${node}' '${slowly}' > /dev/null`;
    const terminal = spawn('script', ['-qefc', inner, '/dev/null'], {
      env: { ...process.env, TMPDIR: nettrace.home, XDG_CACHE_HOME: join(nettrace.home, 'cache') },
    });
    let text = '';
    terminal.stdout.on('data', (chunk: Buffer) => {
      text += chunk;
    });
    terminal.stdin.end();
    await once(terminal, 'close');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(text.match(/\x1b\[\d+A\x1b\[J/g)?.length).toBeGreaterThanOrEqual(1);
    expect(text).toContain('20 requests');
  });
});

describe('options', () => {
  test.each([
    [['--table', '--quiet'], "option '--table' cannot be used with option '--quiet'"],
    [['--table', '--log'], 'cannot be used with option'],
    [['--json', '--quiet'], "option '--json' cannot be used with option '--quiet'"],
    [['--interval', '1'], '--interval needs --table.'],
    [['--table', '--interval', 'soon'], 'Use a number of seconds, 0.1 to 3600.'],
    [['--headers', 'all'], 'Allowed choices are off, names, lengths, values.'],
    [['--bodies', 'big'], 'Use a whole number, 0 or more.'],
  ])('%j: an error before the program starts', async (options, message) => {
    const marker = join(scratch(), 'started');
    const touch = `require('fs').writeFileSync(${JSON.stringify(marker)}, '')`;
    const result = await nettrace.run(['run', ...options, '--', node, '-e', touch]);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(result.stderr).toMatch(/^nettrace: /);
    expect(existsSync(marker)).toBe(false);
  });

  test('--description is saved in each format', async () => {
    const folder = scratch();
    const files = ['a.nettrace.json', 'a.har', 'a.eve.json'].map((name) => join(folder, name));
    const outputs = files.flatMap((f) => ['-o', f]);
    await nettrace.run(['run', '--quiet', '--description', 'the slow one', ...outputs, '--', node, requests, '1']);
    const [native, har, eve] = files.map((f) => JSON.parse(readFileSync(f, 'utf8')));
    expect([native.description, har.log.comment, eve.description]).toEqual(Array(3).fill('the slow one'));
    // And read back from each.
    for (const f of files) {
      const out = `${f}.nettrace.json`;
      expect(await nettrace.run(['convert', f, out])).toMatchObject({ code: 0 });
      expect(JSON.parse(readFileSync(out, 'utf8')).description).toBe('the slow one');
    }
  });
});
