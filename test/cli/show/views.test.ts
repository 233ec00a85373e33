/** `show --view` by the names of BPF tools, `show --top`, and what is opened and converted besides native files. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { publishedEve } from '../../../src/formats/testing/evePublished';
import { harFrom } from '../../../src/formats/testing/hars';
import { scratch } from '../../../src/session/testing/scratch';
import { Nettrace } from '../testing/nettrace';

const golden = join(__dirname, '../../../src/model/golden/example.nettrace.json');
const nettrace = new Nettrace();
const show = (...args: string[]) => nettrace.run(['show', golden, ...args], { env: { TZ: 'UTC' } });

describe('views', () => {
  test.each(['tcplife', 'gethostlatency', 'soconnlat', 'tcpretrans'])('%s', async (view) => {
    const { code, stdout, stderr } = await show('--view', view);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchSnapshot();
  });

  test('tcpretrans needs the kernel, and says so', async () => {
    const { kernelEvents: _, ...trace } = JSON.parse(readFileSync(golden, 'utf8'));
    const file = join(scratch(), 'without.nettrace.json');
    writeFileSync(file, JSON.stringify({ ...trace, sources: [{ name: 'bpf', state: 'off', reason: 'notAsked' }] }));
    const { code, stdout, stderr } = await nettrace.run(['show', file, '--view', 'tcpretrans']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^nettrace: tcpretrans needs kernel events, and this trace has none.*helper/);
  });

  test.each(['host', 'path', 'file'])('--top %s', async (by) => {
    const { code, stdout } = await show('--top', by);
    expect(code).toBe(0);
    expect(stdout).toMatchSnapshot();
  });

  test('--top and --view exclude each other; other words are refused', async () => {
    expect(await show('--top', 'host', '--view', 'request')).toMatchObject({ code: 2, stdout: '' });
    expect((await show('--top', 'port')).stderr).toContain('Allowed choices are host, path, file, test.');
    expect((await show('--view', 'tcpdump')).stderr).toContain('Allowed choices are table, request, tcplife');
  });
});

describe('files of other programs', () => {
  const files = () => {
    const folder = scratch();
    const write = (name: string, value: unknown) => {
      writeFileSync(join(folder, name), JSON.stringify(value));
      return join(folder, name);
    };
    return { folder, eve: write('published.eve.json', publishedEve), har: write('page.har', harFrom('chrome')) };
  };

  test('are shown', async () => {
    const { eve, har } = files();
    for (const file of [eve, har]) {
      for (const more of [[], ['--view', 'tcplife'], ['--top', 'host']]) {
        const result = await nettrace.run(['show', file, ...more]);
        expect(result).toMatchObject({ code: 0, stderr: '' });
        expect(result.stdout.length).toBeGreaterThan(20);
      }
    }
    const { stdout } = await nettrace.run(['show', eve, '--view', 'request']);
    for (const line of [
      'DNS lookup               43 ms',
      'TLS handshake            46 ms',
      'waiting for server       67 ms',
    ])
      expect(stdout).toContain(line);
  });

  test('are converted from each format to each other, and that opens again', async () => {
    const { folder, eve, har } = files();
    const path = (name: string) => join(folder, name);
    for (const [from, to, back] of [
      [eve, 'e.har', 'e.nettrace.json'],
      [har, 'h.eve.json', 'h.nettrace.json'],
      [golden, 'n.eve.json', 'n.har'],
    ] as const) {
      expect(await nettrace.run(['convert', from, path(to)])).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(/^nettrace: saved .*\n$/),
      });
      expect(await nettrace.run(['convert', path(to), path(back)])).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(/^nettrace: saved .*\n$/),
      });
    }
  });

  test('native to native: the same bytes', async () => {
    const out = join(scratch(), 'a.nettrace.json');
    const again = join(scratch(), 'b.nettrace.json');
    await nettrace.run(['convert', golden, out]);
    await nettrace.run(['convert', out, again]);
    expect(readFileSync(again)).toEqual(readFileSync(out));
  });

  test('what is wrong in one is named with its place', async () => {
    const { folder } = files();
    const file = join(folder, 'broken.har');
    writeFileSync(file, '{"log": {\n "entries": [\n {"startedDateTime": 7}]}}');
    const { code, stderr } = await nettrace.run(['show', file]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^nettrace: .*broken\.har: log\.entries\[0\].* \(line 3, column \d+\) must/);
  });
});
