import { describe, expect, test } from 'vitest';
import type { Row } from '../../model/rows/row';
import { copyLink, lastRequests, lineLinks, rowLinks } from './lastRequests';

const row = (n: number, more: Partial<Row> = {}): Row =>
  ({
    id: `r1/1-0-${n}`,
    run: 1,
    method: 'GET',
    host: 'a',
    path: `/${n}`,
    state: 'done',
    stateText: '200',
    createdAt: n * 1e6,
    endAt: n * 1e6 + 5000,
    total: 5000,
    phases: [],
    ...more,
  }) as unknown as Row;

describe('the last requests in a hover', () => {
  const zero = new Date(2026, 0, 1, 12, 0, 0).getTime();
  test('newest first, six at most, each a link to its row, with status, time and clock', () => {
    const text = lastRequests(
      Array.from({ length: 9 }, (_, i) => row(i)),
      () => zero,
    );
    const lines = text.trim().split('\n').slice(2);
    expect(lines).toHaveLength(6);
    expect(lines[0]).toBe(
      '| $(pass) 200&nbsp;&nbsp; | [GET a/8](command:netTrace.showRow?%5B%22r1%2F1-0-8%22%5D "Show in Net Trace")&nbsp;&nbsp; | 5.0 ms&nbsp;&nbsp; | 12:00:08 |',
    );
    expect(lines[5]).toContain('GET a/3');
  });

  test('a running one has no time yet; a failed one says so', () => {
    const { endAt: _, ...running } = row(1, { state: 'running', stateText: 'waiting…' });
    const text = lastRequests([running as Row, row(2, { state: 'failed', stateText: 'TCP refused' })], () => undefined);
    expect(text).toMatch(
      /\$\(error\) TCP refused.*\| 5\.0 ms&nbsp;&nbsp; \| {2}\|\n.*\$\(sync\) waiting….*\| &nbsp;&nbsp; \| {2}\|/,
    );
  });

  test('text of a trace is escaped in Markdown and in table cells', () => {
    const text = lastRequests([row(1, { path: '/](command:x)|<b>`$(x)\n**' })], () => undefined);
    expect(text.trim().split('\n')).toHaveLength(3);
    expect(text).toContain('/\\]\\(command:x\\)\\|\\<b\\>\\`\\$\\(x\\) \\*\\*');
  });

  test.each(['/app/(shop)/[id]/page.tsx', '/a) "x" (b.ts', "/a'b\\c>.ts", '/\u202ea.ts'])(
    'a link leads to the file, whatever its name: %s',
    (file) => {
      const links = [...lineLinks({ file, line: 3 }).matchAll(/\[[\w ]+\]\(command:[\w.]+\?([^\s()<>]*) "[^"]*"\)/g)];
      expect(links.map((m) => JSON.parse(decodeURIComponent(m[1] as string)))).toEqual([
        [{ file, line: 3 }],
        [{ file, line: 3 }],
      ]);
    },
  );

  test('links of a line: its rows, and to stop when it fails', () =>
    expect(lineLinks({ file: '/a b.ts', line: 3 })).toMatch(
      /command:netTrace\.showLineRequests\?%5B%7B%22file.*command:netTrace\.breakpoints\.whenFails\?/,
    ));

  test('the last one can be copied for curl', () => {
    const one = copyLink([row(1)]);
    expect(one).toBe(
      '[Copy as cURL](command:netTrace.copyAsCurl?%5B%22r1%2F1-0-1%22%5D "Copy this request as a command for bash")',
    );
    expect(copyLink([row(1), row(2)])).toMatch(/r1%2F1-0-2.*the last of these requests/);
  });

  test('its links may run the commands that they name, and no others', () => {
    const rows = [row(1)];
    const text = [lastRequests(rows, () => undefined), lineLinks({ file: '/a.ts', line: 3 }), copyLink(rows)].join();
    const named = new Set([...text.matchAll(/\(command:([\w.]+)\?/g)].map((m) => m[1]));
    expect([...named].sort()).toEqual([...rowLinks].sort());
  });
});
