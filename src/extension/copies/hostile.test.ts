/** Commands made of hostile requests: what each shell gives to the program is the request, and nothing else happens. */
import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rows } from '../../../test/webview/testing/sample';
import { asBreakdown, asTable } from '../../../webview/view/words/copy';
import { withoutControls } from '../../model/base/quoting';
import type { Details } from '../../model/panel/protocol';
import type { Row } from '../../model/rows/row';
import { cmdLine, powerShellTokens, runtimeArguments } from '../testing/shells';
import { asCurl, asCurlCmd } from './curl';
import { asFetch, asNodeHttp, asPowerShell } from './script';

interface Hostile {
  method: string;
  url: string;
  headers: { name: string; value: string }[];
}

const pieces = [
  ...[
    "'",
    '"',
    '\\',
    '\\"',
    '\\\\',
    '\\\\"',
    '`',
    '$',
    '$(id)',
    '`id`',
    '%',
    '%%',
    '%PATH%',
    '%a%',
    '%PATH:~0,1%',
    '!',
    '!a!',
  ],
  ...[
    '^',
    '^^',
    '&',
    '&&calc',
    '|',
    '||',
    '<',
    '>',
    '(',
    ')',
    ';',
    ';id;',
    '#',
    '*',
    '?',
    '~',
    '{a,b}',
    '[1-9]',
    ' ',
    '  ',
  ],
  ...[
    '\r',
    '\n',
    '\t',
    '\0',
    '\x1b[31m',
    '\x1b]0;t\x07',
    '\x7f',
    '\u0085',
    '\u009b',
    '\u202e',
    '\u2066',
    '\u200f',
    '\u2028',
  ],
  ...['\u2018', '\u2019', '\u201a', '\u201b', '\u201c', '\uff02', '\u2018; calc; \u2018', 'é', '😀', '\ud800'],
  ...[
    '-',
    '--',
    '-o',
    '--config',
    '=',
    '=cmd',
    '+',
    '@',
    '@file',
    '!!',
    '!-1',
    '^a^b',
    '/',
    '//host/share',
    ':',
    ',',
    '.',
    'a',
    'x1',
  ],
];
const text = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((p) => p.join('')),
  fc.string(),
);
const url = fc.tuple(fc.constantFrom('http://h/', 'https://h/?q=', 'http://[::1]/', 'file://', '-', '', '//h/'), text);
const hostile: fc.Arbitrary<Hostile> = fc.record({
  method: fc.oneof(fc.constantFrom('GET', 'POST', "G'ET", '-o', ''), text),
  url: url.map((p) => p.join('')),
  headers: fc.array(
    fc.record({ name: fc.oneof(fc.constantFrom('x-a', 'X-A', 'cookie', '@/etc/passwd'), text), value: text }),
    {
      maxLength: 3,
    },
  ),
});
// The same for every shell.
const requests = fc.sample(hostile, 1000);

const rowOf = ({ method, url }: Hostile): Row => ({ ...(rows[0] as Row), method, url });
const detailsOf = ({ headers }: Hostile) => ({ request: { headers } }) as unknown as Details;

/** Without its comments, which are of plain words. */
const uncommented = (copy: string): string => copy.replace(/^(rem|#|\/\/) [\w ,.:*-]+\n/gm, '');

/** What curl is to get. */
function expected({ method, url, headers }: Hostile): string[] {
  const clean = withoutControls(method);
  const whole = withoutControls(url);
  const target = /^https?:\/\//.test(whole) ? whole : `http://${whole}`;
  const sent = headers.filter((h) => /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(h.name));
  return [
    'curl',
    ...(/[[\]{}]/.test(target) ? ['--globoff'] : []),
    ...(/\/(\.|%2e){1,2}([/?]|$)/i.test(target) ? ['--path-as-is'] : []),
    ...(clean === 'GET' || clean === '' ? [] : ['-X', clean]),
    target,
    ...sent.flatMap(({ name, value }) => {
      const v = withoutControls(value);
      return ['-H', v.trim() === '' ? `${name};` : `${name}: ${v}`];
    }),
  ];
}
const inAscii = (words: string[], url: number): string[] =>
  words.map((w, i) => (i === url ? w.replace(/[^\0-\x7f]+/gu, encodeURIComponent) : w.replace(/[^\0-\x7f]/gu, '?')));
const forCmd = (r: Hostile): string[] => {
  const words = expected(r);
  return inAscii(
    words,
    words.findIndex((w, i) => i > 0 && /^https?:/.test(w) && !['-X', '-H'].includes(words[i - 1] as string)),
  );
};

test('a shell takes every form as one word', () => {
  const evil = { method: "G'ET", url: "http://a.test/?x=';rm -rf /;'&y=$(id)`id`" };
  expect(asCurl(evil)).toBe("curl -X 'G'\\''ET' \\\n  'http://a.test/?x='\\'';rm -rf /;'\\''&y=$(id)`id`'");
  expect(asPowerShell(evil)).toContain("'http://a.test/?x='';rm -rf /;''&y=$(id)`id`'");
  expect(asCurlCmd({ ...evil, method: 'GET', url: 'http://a.test/?a=%PATH%&b="' })).toBe(
    'curl ^"http://a.test/?a=^"%^"PATH^"%^"^&b=\\^"^"',
  );
  expect(asFetch({ ...evil, method: 'GET' })).toBe(`await fetch(${JSON.stringify(evil.url)});`);
});

describe('1,000 hostile requests', () => {
  test('are hostile', () => {
    const all = requests.map((r) => r.url).join('');
    for (const piece of ['%PATH%', '\u2018', '\r', '\x1b', '\u202e', '\\"', '!!', '$(id)'])
      expect(all).toContain(piece);
    expect(requests.filter((r) => r.url.startsWith('-')).length).toBeGreaterThan(20);
    expect(requests.filter((r) => expected(r).includes('-H')).length).toBeGreaterThan(100);
  });

  const bash = spawnSync('bash', ['-c', ':']).status === 0;
  if (!bash) console.log('copied commands: no bash here, so they are not run by it');
  test.skipIf(!bash)('bash gives curl each argument as it is, with history expansion on', () => {
    const mark = '\x02end\x02';
    const script = [
      'PATH=/nowhere; set -o history; set -H',
      ': proof',
      'printf "%s\\0" "!!"',
      'curl() { printf "%s\\0" curl "$@"; }',
      ...requests.flatMap((r) => [asCurl(rowOf(r), detailsOf(r)), `printf '%s\\0' '${mark}'`]),
    ].join('\n');
    const out = execFileSync('bash', ['--norc', '--noprofile'], { input: script, stdio: ['pipe', 'pipe', 'ignore'] });
    const text = out.toString('utf8');
    const begin = text.indexOf('\0') + 1;
    expect(text.slice(0, begin)).toContain(': proof'); // `!!` is expanded here
    const runs = text.slice(begin).split(`${mark}\0`).slice(0, -1);
    expect(runs.length).toBe(requests.length);
    // Values of Latin-1 are bytes that are no UTF-8.
    const asRead = (word: string) => (/^[\0-\xff]*$/.test(word) ? Buffer.from(word, 'latin1').toString('utf8') : word);
    for (const [i, r] of requests.entries())
      expect((runs[i] as string).split('\0').slice(0, -1)).toEqual(
        expected(r).map((word, at, all) => (all[at - 1] === '-H' ? asRead(word) : word)),
      );
  });

  test('cmd.exe gives curl each argument as it is', () => {
    for (const r of requests)
      expect(runtimeArguments(cmdLine(uncommented(asCurlCmd(rowOf(r), detailsOf(r)))))).toEqual(forCmd(r));
  });

  test('cmd.exe runs nothing else in a batch file or with delayed expansion, where values may be lost', () => {
    let same = 0;
    for (const r of requests) {
      const command = uncommented(asCurlCmd(rowOf(r), detailsOf(r)));
      for (const how of [{ batch: true }, { delayed: true }, { batch: true, delayed: true }]) {
        const line = cmdLine(command, how); // throws when anything but curl is run
        expect(line).not.toContain('Windows');
        if (JSON.stringify(runtimeArguments(line)) === JSON.stringify(forCmd(r))) same++;
      }
    }
    expect(same).toBeGreaterThan(1000);
  });

  const powerShellRequest = (r: Hostile) => {
    const table = new Map<string, { name: string; value: string }>();
    for (const { name, value } of r.headers) {
      if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) continue;
      const known = table.get(name.toLowerCase());
      const clean = withoutControls(value);
      if (known) known.value += `${name.toLowerCase() === 'cookie' ? ';' : ','} ${clean}`;
      else table.set(name.toLowerCase(), { name, value: clean });
    }
    const target = expected(r).find(
      (w, i, all) => i > 0 && /^https?:/.test(w) && !['-X', '-H'].includes(all[i - 1] as string),
    );
    return { url: target as string, method: withoutControls(r.method), headers: [...table.values()] };
  };

  test('PowerShell reads strings where strings are meant', () => {
    for (const r of requests) {
      const { url, method, headers } = powerShellRequest(r);
      const standard = ['GET', 'POST'].includes(r.method);
      const table = headers.flatMap((h, i) => [...(i > 0 ? [';'] : []), `'${h.name}`, '=', `'${h.value}`]);
      expect(powerShellTokens(uncommented(asPowerShell(rowOf(r), detailsOf(r))))).toEqual([
        ...['Invoke', '-WebRequest', '-UseBasicParsing', '-Uri', `'${url}`],
        ...[standard ? '-Method' : '-CustomMethod', `'${method}`],
        ...(table.length > 0 ? ['-Headers', '@{', ...table, '}'] : []),
      ]);
    }
  });

  const pwsh = spawnSync('pwsh', ['-Version']).status === 0;
  if (!pwsh) console.log('copied commands: no pwsh here, so they are read by the documented rules only');
  test.skipIf(!pwsh)('pwsh gives the command each argument as it is', () => {
    const script = [
      '[Console]::OutputEncoding = [System.Text.Encoding]::UTF8',
      'function Invoke-WebRequest { param([switch]$UseBasicParsing, $Uri, $Method, $CustomMethod, $Headers)',
      '  $h = @(); if ($Headers) { $h = @($Headers.GetEnumerator() | ForEach-Object { ,@($_.Key, $_.Value) }) }',
      '  ConvertTo-Json -Compress -Depth 5 @{ url = $Uri; method = "$Method$CustomMethod"; headers = $h } }',
      ...requests.map((r) => asPowerShell(rowOf(r), detailsOf(r))),
    ].join('\n');
    const out = execFileSync('pwsh', ['-NoProfile', '-NonInteractive', '-Command', '-'], { input: script });
    const lines = out.toString('utf8').trim().split(/\r?\n/);
    expect(lines.length).toBe(requests.length);
    for (const [i, r] of requests.entries()) {
      const got = JSON.parse(lines[i] as string) as { url: string; method: string; headers: [string, string][] };
      const { headers, ...rest } = powerShellRequest(r);
      expect(got).toMatchObject(rest);
      expect(Object.fromEntries(got.headers)).toEqual(Object.fromEntries(headers.map((h) => [h.name, h.value])));
    }
  });

  test('JavaScript calls fetch once, with strings', () => {
    for (const r of requests) {
      const calls: unknown[][] = [];
      const run = new Function('fetch', `return (async () => { ${asFetch(rowOf(r), detailsOf(r))} })();`);
      void run((...all: unknown[]) => calls.push(all));
      const { url, method } = powerShellRequest(r);
      expect(calls.length).toBe(1);
      expect(calls[0]?.[0]).toBe(url);
      expect((calls[0]?.[1] as { method?: string } | undefined)?.method ?? 'GET').toBe(method);
    }
  });

  test('JavaScript calls Node’s request once, with strings, and ends it', () => {
    for (const r of requests) {
      const calls: unknown[][] = [];
      let ends = 0;
      const request = (...all: unknown[]) => {
        calls.push(all);
        return { end: () => ends++ };
      };
      const modules: string[] = [];
      const run = new Function('require', asNodeHttp(rowOf(r), detailsOf(r)));
      run((name: string) => {
        modules.push(name);
        return { request };
      });
      const { url, method } = powerShellRequest(r);
      expect([calls.length, ends]).toEqual([1, 1]);
      expect(calls[0]?.[0]).toBe(url.replace(/^ws/i, 'http'));
      expect(modules).toEqual([/^(https|wss):/i.test(url) ? 'node:https' : 'node:http']);
      const options = calls[0]?.[1];
      expect((typeof options === 'object' ? (options as { method?: string }).method : undefined) ?? 'GET').toBe(method);
    }
  });

  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const bad = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
  test('a copy has no control character, and no cell that a spreadsheet reads as a formula', () => {
    for (const r of requests) {
      const row = { ...rowOf(r), stateText: r.headers[0]?.value ?? '' };
      const details = detailsOf(r);
      const copies = [asCurl, asCurlCmd, asPowerShell, asFetch, asNodeHttp].map((as) => as(row, details));
      copies.push(asBreakdown(row));
      const table = asTable([row, row]);
      expect([...copies, table].filter((c) => bad.test(c))).toEqual([]);
      const cells = table.split('\n').map((line) => line.split('\t'));
      expect(cells.map((c) => c.length)).toEqual([7, 7, 7]);
      expect(cells.flat().filter((c) => /^\s*[=+\-@"]/.test(c))).toEqual([]);
    }
  });
});
