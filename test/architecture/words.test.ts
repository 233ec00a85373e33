/** What users read is plain technical English: the words of CONTRIBUTING.md, none of those that were refused. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesOf } from './importGraph';
import { exceptions, findingsIn, proseOf, refused, refusedNames, wordsOf } from './words';

const root = resolve(__dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const sourcesOf = (folder: string): string[] =>
  filesOf(join(root, folder))
    .map((f) => relative(root, f).split(sep).join('/'))
    .filter((f) => !f.includes('/testing/'));

/** Whose strings users read. */
const speaking = ['src/cli', 'src/extension', 'webview', 'src/analysis', 'src/session', 'src/formats', 'src/model'];
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'native/README.md',
  'src/hook/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((f) => f.endsWith('.md'))
    .map((f) => `docs/${f}`),
];

const allowed = (file: string) => (finding: string) =>
  !exceptions.some((e) => e.in === file && finding.includes(e.text));

/** All strings of a JSON value. */
const stringsOf = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(stringsOf)
      : [];

describe('refused words', () => {
  test.each(speaking)('are in no string of %s', (folder) => {
    const files = sourcesOf(folder);
    expect(files.length).toBeGreaterThan(10);
    let texts = 0;
    const found = files.flatMap((file) => {
      const all = wordsOf(read(file), file.endsWith('x')).texts;
      texts += all.length;
      return findingsIn(all, refused)
        .filter(allowed(file))
        .map((f) => `${file}:${f}`);
    });
    expect(texts).toBeGreaterThan(100);
    expect(found).toEqual([]);
  });

  test('are in no text of package.json', () => {
    const { contributes, description } = JSON.parse(read('package.json'));
    const texts = stringsOf({ contributes, description }).map((text) => ({ line: 1, text }));
    expect(texts.length).toBeGreaterThan(100);
    expect(findingsIn(texts, refused)).toEqual([]);
  });

  test.each(pages)('are not in %s', (page) => {
    const prose = proseOf(read(page)).filter(
      ({ text }) => !(page === 'CONTRIBUTING.md' && /^\| .* \| .* \|$/.test(text)),
    );
    expect(findingsIn(prose, refused).filter(allowed(page))).toEqual([]);
  });

  test.each(['src', 'webview'])('are no names in %s', (folder) => {
    const found = sourcesOf(folder).flatMap((file) =>
      findingsIn(wordsOf(read(file), file.endsWith('x')).names, refusedNames)
        .filter(allowed(file))
        .map((f) => `${file}:${f}`),
    );
    expect(found).toEqual([]);
  });

  test('are found where they stand', () => {
    const { texts, names } = wordsOf(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text is code.
      'const toldOnce = `the ${"look-up"} of it`;\n// told in a comment\nconst a = <p title="time-out">set up anew</p>;',
    );
    expect(findingsIn(texts, refused).map((f) => f.split(' in ')[0])).toEqual([
      '1: "look-up"',
      '3: "time-out"',
      '3: "anew"',
      '3: "set up anew"',
    ]);
    expect(findingsIn(names, refusedNames)).toEqual(['1: "toldO" in "toldOnce": use report, reported']);
    expect(findingsIn(proseOf('fine\n```\nlook-up\n```\na look-up'), refused)).toHaveLength(1);
  });

  test('each exception is needed', () => {
    const idle = exceptions.filter((e) => {
      const text = read(e.in);
      const all = e.in.endsWith('.md')
        ? proseOf(text)
        : [...wordsOf(text, e.in.endsWith('x')).texts, ...wordsOf(text, e.in.endsWith('x')).names];
      return !findingsIn(all, [...refused, ...refusedNames]).some((f) => f.includes(e.text));
    });
    expect(idle).toEqual([]);
  });

  test('each is in the table of CONTRIBUTING.md', () => {
    const table = read('CONTRIBUTING.md')
      .split('\n')
      .filter((l) => /^\| .* \| .* \|$/.test(l))
      .join('\n');
    expect(refused.filter(({ words }) => !words.test(table)).map(({ words }) => String(words))).toEqual([]);
  });
});
