import fs, {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Trace } from '../model/records';
import { FormatError, formatOf, nativeText, readTrace, writeTrace } from './index';
import { example, requestOf, traceOf } from './testing/example';

/** Lets the next openings of temporary files, writes to them or renames fail. */
function failing(where: 'open' | 'write' | 'rename', code: string) {
  const failure = Object.assign(new Error(`${code}: injected`), { code });
  const { open } = fs;
  if (where === 'rename') return vi.spyOn(fs, 'rename').mockRejectedValue(failure);
  return vi.spyOn(fs, 'open').mockImplementation(async (path, flags, mode) => {
    if (flags !== 'wx') return await open(path, flags, mode);
    if (where === 'open') throw failure;
    const file = await open(path, flags, mode);
    file.writeFile = () => Promise.reject(failure);
    return file;
  });
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nettrace formats '));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});
const at = (name: string) => join(folder, name);

async function errorOf(action: Promise<unknown>): Promise<FormatError> {
  const e: unknown = await action.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(e instanceof FormatError)) throw new Error(`no FormatError: ${e}`);
  return e;
}

test.each([
  ['a.nettrace.json', 'native'],
  ['/x/a.b.c.nettrace.json', 'native'],
  ['A.NetTrace.JSON', 'native'],
  ['a.nettrace.db', 'database'],
  ['a.har', 'har'],
  ['a.eve.har', 'har'],
  ['a.har.eve.json', 'eve'],
  ['a.json', undefined],
  ['/x.har/a', undefined],
  ['nettrace.json', undefined],
  ['a.har.gz', undefined],
  ['', undefined],
])('the format of %s is %s', (name, format) => expect(formatOf(name)).toBe(format));

describe('saving', () => {
  test('each format is written by its suffix, also under names with several dots', async () => {
    await writeTrace(example(), at('run 1.2.nettrace.json'));
    await writeTrace(example(), at('run 1.2.har'));
    await writeTrace(example(), at('run 1.2.eve.json'));
    expect(await readTrace(at('run 1.2.nettrace.json'))).toEqual(example());
    expect(JSON.parse(await readFile(at('run 1.2.har'), 'utf8'))).toHaveProperty('log.version', '1.2');
    expect(JSON.parse(await readFile(at('run 1.2.eve.json'), 'utf8'))).toHaveProperty('httpRequests');
    // Nothing else is left in the folder.
    expect(await readdir(folder)).toHaveLength(3);
  });

  test('a file that is opened and saved again is the same, byte for byte', async () => {
    await writeTrace(example(), at('a.nettrace.json'));
    await writeTrace(await readTrace(at('a.nettrace.json')), at('b.nettrace.json'));
    expect(await readFile(at('b.nettrace.json'), 'utf8')).toBe(await readFile(at('a.nettrace.json'), 'utf8'));
  });

  test('a name without format says which there are, and writes nothing', async () => {
    const e = await errorOf(writeTrace(example(), at('trace.json')));
    expect(e).toMatchObject({ code: 'suffix', file: at('trace.json') });
    expect(e.message).toBe(
      `${at('trace.json')}: unknown file extension; use one of .nettrace.json, .nettrace.db, .har, .eve.json, .otlp.json.`,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test('a trace larger than one write', async () => {
    const requests = Array.from({ length: 9000 }, (_, i) =>
      requestOf({ id: `1-0-${i}`, createdAt: i, url: `http://a.example/${'x'.repeat(100)}` }),
    );
    const doc = traceOf({ requests });
    await writeTrace(doc, at('big.nettrace.json'));
    expect(await readFile(at('big.nettrace.json'), 'utf8')).toBe(nativeText(doc));
  });

  test('permissions of a file that is replaced stay, also through a link', async () => {
    await writeFile(at('a.nettrace.json'), 'old');
    await chmod(at('a.nettrace.json'), 0o640);
    await symlink(at('a.nettrace.json'), at('link.nettrace.json'));
    await writeTrace(example(), at('link.nettrace.json'));
    expect((await stat(at('a.nettrace.json'))).mode & 0o777).toBe(0o640);
    expect(await readTrace(at('a.nettrace.json'))).toEqual(example());
  });

  test('values of headers and bodies are for this user alone, whatever the umask and the file before', async () => {
    const old = process.umask(0);
    try {
      const doc = example();
      const [first, ...others] = doc.requests;
      const content = { text: 'hello', bytes: 5 };
      const withBody = {
        ...doc,
        requests: [{ ...first, response: { ...first?.response, content } }, ...others],
      } as Trace;
      const withValues = { ...doc, settings: { ...doc.settings, headerLevel: 'values' } } as Trace;
      const plain = { ...doc, settings: { ...doc.settings, headerLevel: 'lengths' } } as Trace;
      for (const name of ['a.nettrace.json', 'a.har', 'a.eve.json']) {
        for (const [trace, mode] of [
          [plain, 0o666],
          [withValues, 0o600],
          [plain, 0o600],
          [withBody, 0o600],
        ] as const) {
          await writeTrace(trace, at(name));
          expect({ name, mode: (await stat(at(name))).mode & 0o777 }).toEqual({ name, mode });
        }
        await chmod(at(name), 0o644);
        await writeTrace(withBody, at(name));
        expect((await stat(at(name))).mode & 0o777).toBe(0o600);
      }
    } finally {
      process.umask(old);
    }
  });

  test.each([
    ['write', 'ENOSPC', 'no space is left on the disk (ENOSPC)'],
    ['write', 'EDQUOT', 'no space is left on the disk (EDQUOT)'],
    ['open', 'EACCES', 'no right to write in that folder (EACCES)'],
    ['open', 'EROFS', 'the disk is read-only (EROFS)'],
    ['rename', 'EPERM', 'no right to write in that folder (EPERM)'],
    ['write', 'EIO', 'EIO: injected'],
  ] as const)('%s that fails with %s leaves the old file as it was', async (where, code, text) => {
    await writeFile(at('a.nettrace.json'), 'old');
    failing(where, code);
    const e = await errorOf(writeTrace(example(), at('a.nettrace.json')));
    expect(e).toMatchObject({ code: 'file', file: at('a.nettrace.json') });
    expect(e.message).toContain(`could not be saved: ${text}. Nothing was changed`);
    expect(await readFile(at('a.nettrace.json'), 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a.nettrace.json']);
  });

  test('a read-only folder', async () => {
    await mkdir(at('locked'), { mode: 0o555 });
    await chmod(folder, 0o755);
    // root may write everywhere: another user is used until the end of this test.
    const root = process.getuid?.() === 0;
    if (root) process.seteuid?.(65534);
    const saved = errorOf(writeTrace(example(), at('locked/a.nettrace.json')));
    const e = await saved.finally(() => root && process.seteuid?.(0));
    expect(e.message).toContain('no right to write in that folder');
  });

  test('a folder that is not there, a folder in the name’s place, a link to nowhere', async () => {
    expect((await errorOf(writeTrace(example(), at('no/a.har')))).message).toContain(
      'the folder does not exist (ENOENT)',
    );
    await mkdir(at('dir.har'));
    expect((await errorOf(writeTrace(example(), at('dir.har')))).message).toContain(
      'is a folder. Give the name of a file.',
    );
    await symlink(at('nowhere/x'), at('dead.har'));
    expect((await errorOf(writeTrace(example(), at('dead.har')))).message).toContain('does not exist (ENOENT)');
  });

  test('a trace that cannot be written leaves the old file', async () => {
    await writeFile(at('a.nettrace.json'), 'old');
    let deep: unknown = 1;
    for (let i = 0; i < 200_000; i++) deep = [deep];
    const e = await errorOf(writeTrace({ ...example(), deep } as never, at('a.nettrace.json')));
    expect(e.code).toBe('file');
    expect(await readFile(at('a.nettrace.json'), 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a.nettrace.json']);
  });
});

describe('opening', () => {
  test('the message names the file', async () => {
    await writeFile(at('x.nettrace.json'), '{"resourceSpans":[]}');
    expect((await errorOf(readTrace(at('x.nettrace.json')))).message).toBe(
      `${at('x.nettrace.json')}: this is an OpenTelemetry file (OTLP), which Net Trace writes and does not read. Net Trace opens .nettrace.json, .nettrace.db, .har, .eve.json.`,
    );
  });

  test('each format is recognised by its contents under any name', async () => {
    await writeTrace(example(), at('a.har'));
    await writeTrace(example(), at('a.eve.json'));
    await writeTrace(example(), at('a.nettrace.json'));
    for (const name of ['a.har', 'a.eve.json', 'a.nettrace.json']) {
      await rename(at(name), at('trace.json'));
      expect((await readTrace(at('trace.json'))).requests).toHaveLength(8);
    }
  });

  test('a name reports what is missing in a file that holds nothing known', async () => {
    await writeFile(at('x.har'), '{"log":{}}');
    expect((await errorOf(readTrace(at('x.har')))).message).toContain('log (line 1, column 8) must have required');
    await writeFile(at('x.eve.json'), '{}');
    expect((await errorOf(readTrace(at('x.eve.json')))).message).toContain('traceBeginAt');
    await writeFile(at('y.har'), '{"traceEvents":[]}');
    expect((await errorOf(readTrace(at('y.har')))).message).toContain('Chrome performance trace');
  });

  test('a missing file and a folder are refused', async () => {
    expect((await errorOf(readTrace(at('none.nettrace.json')))).message).toContain(
      'does not exist (ENOENT). Check the name.',
    );
    expect((await errorOf(readTrace(folder))).message).toContain('is a folder. Choose a file in it.');
  });

  test.each([
    ['gzip', [0x1f, 0x8b, 8, 0], 'compressed by gzip'],
    ['zip', [0x50, 0x4b, 3, 4, 0], 'ZIP archive'],
    ['pcapng', [0x0a, 0x0d, 0x0d, 0x0a, 0x1c], 'packet capture (pcapng)'],
  ])('%s', async (_, bytes, text) => {
    await writeFile(at('x'), Buffer.from(bytes));
    expect((await errorOf(readTrace(at('x')))).message).toContain(text);
  });

  test('a file of 500 MB is refused at once, with its size and what to do', async () => {
    await writeFile(
      at('big.nettrace.json'),
      nativeText(example()).replace('"producer"', `${' '.repeat(70_000)}"producer"`),
    );
    await truncate(at('big.nettrace.json'), 500_000_000);
    const before = process.memoryUsage().rss;
    const e = await errorOf(readTrace(at('big.nettrace.json')));
    expect(e.code).toBe('tooLarge');
    expect(e.message).toContain('has 500 MB; the largest trace that is opened has 250 MB. Record less at once');
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  test('a large file of another kind says so', async () => {
    await writeFile(at('big.har'), `{"log":{"version":"1.2",${' '.repeat(70_000)}"entries":[`);
    await truncate(at('big.har'), 500_000_000);
    expect((await errorOf(readTrace(at('big.har')))).message).toContain(
      'has 500 MB; the largest trace that is opened has 250 MB. This is',
    );
  });

  test('the bound is exact', async () => {
    const text = nativeText(traceOf({}));
    await writeFile(at('a'), text);
    expect((await readTrace(at('a'), { largest: text.length })).requests).toEqual([]);
    expect((await errorOf(readTrace(at('a'), { largest: text.length - 1 }))).code).toBe('tooLarge');
  });

  test('UTF-16 and marks of the byte order', async () => {
    const text = nativeText(traceOf({}, { description: 'größer' }));
    await writeFile(at('a'), Buffer.from(`\uFEFF${text}`, 'utf16le'));
    expect((await readTrace(at('a'))).description).toBe('größer');
    await writeFile(at('b'), Buffer.from(`\uFEFF${text}`, 'utf8'));
    expect((await readTrace(at('b'))).description).toBe('größer');
  });

  test('a file that was cut off: refused with what is whole, and opened when asked to', async () => {
    const text = nativeText(example());
    await writeFile(at('cut.nettrace.json'), text.slice(0, text.indexOf('"4720-0-1"')));
    const e = await errorOf(readTrace(at('cut.nettrace.json')));
    expect(e).toMatchObject({ code: 'truncated', file: at('cut.nettrace.json'), place: { path: 'requests[7].id' } });
    expect(e.keeps).toBeGreaterThan(7);
    const doc = await readTrace(at('cut.nettrace.json'), { recover: true });
    expect(doc.requests).toEqual(example().requests.slice(0, 7));
  });
});

describe('secrets', () => {
  const secret = 'hunter2';
  /** A trace with secrets in places where the hook would have masked them. */
  const doc = traceOf(
    {
      requests: [
        requestOf({
          url: `https://user:${secret}@a.example/x?token=${secret}&ok=1#${secret}`,
          target: `/x?api_key=${secret}`,
          headers: [
            { name: 'Authorization', value: `Bearer ${secret}` },
            { name: 'X-Odd', value: secret },
          ],
          proxy: { url: `http://user:${secret}@proxy.example:3128`, kind: 'http', mode: 'forward' },
          response: {
            status: 200,
            headers: [{ name: 'Set-Cookie', value: `id=${secret}` }],
            trailers: [{ name: 'X', value: secret }],
            serverTiming: [{ name: secret }],
          },
          error: {
            message: `GET https://user:${secret}@a.example/?token=${secret} failed`,
            causes: [{ message: `https://:${secret}@x.example/` }],
          },
          abort: { reason: `https://user:${secret}@a.example/` },
        }),
      ],
    },
    {
      description: `run of https://user:${secret}@a.example/`,
      findings: [
        {
          id: 'f-1',
          rule: 'server-slow',
          severity: 'info',
          title: `https://user:${secret}@a.example/ is slow`,
          text: `https://user:${secret}@a.example/ is slow`,
          fault: 'server',
          certainty: 'likely',
          subjects: [],
          evidence: [{ what: 'address', value: `https://user:${secret}@a.example/` }],
          analysisVersion: '1.0',
        },
      ],
    },
  );
  const withArguments = {
    ...doc,
    processes: doc.processes.map((p) => ({
      ...p,
      argv: ['node', 'x.js', `--token=${secret}`, `https://user:${secret}@a.example/`],
    })),
  };

  test.each(['a.nettrace.json', 'a.har', 'a.eve.json'])('none is in %s at header level off', async (name) => {
    for (const settings of [{ headerLevel: 'off' }, undefined]) {
      const { settings: _, ...rest } = withArguments;
      await writeTrace(settings ? { ...rest, settings } : rest, at(name));
      const text = await readFile(at(name), 'utf8');
      expect(text).not.toContain(secret);
      expect(text).toContain('a.example');
    }
  });

  test.each(['names', 'lengths'])('none at level %s', async (headerLevel) => {
    for (const name of ['a.nettrace.json', 'a.har', 'a.eve.json']) {
      await writeTrace({ ...withArguments, settings: { headerLevel } }, at(name));
      const text = await readFile(at(name), 'utf8');
      expect(text.replaceAll(`{"name":"${secret}"}`, '')).not.toContain(secret);
      expect(text).toContain('Authorization');
    }
  });

  test('at level values well-known secrets are still left out', async () => {
    for (const name of ['a.nettrace.json', 'a.har', 'a.eve.json']) {
      await writeTrace({ ...withArguments, settings: { headerLevel: 'values' } }, at(name));
      const text = await readFile(at(name), 'utf8');
      expect(text).not.toContain(`Bearer ${secret}`);
      expect(text).not.toContain(`id=${secret}`);
      expect(text).not.toContain(`user:${secret}`);
      expect(text).not.toContain(`token=${secret}`);
      // This one was asked for.
      expect(text).toContain(secret);
    }
  });
});
