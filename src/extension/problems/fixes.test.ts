import { expect, test } from 'vitest';
import { fixesOf } from './fixes';

const fixed = (rule: string, text: string, line = 0): string | undefined => {
  const [fix] = fixesOf(rule, text, line);
  return fix && text.slice(0, fix.from) + fix.text + text.slice(fix.to);
};

test.each([
  ['const a = new http.Agent();', 'const a = new http.Agent({ keepAlive: true });'],
  ['const a = new Agent( );', 'const a = new Agent( { keepAlive: true });'],
  ['const a = new https.Agent({ maxSockets: 4 });', 'const a = new https.Agent({ keepAlive: true, maxSockets: 4 });'],
  ['const a = new https.Agent({});', 'const a = new https.Agent({ keepAlive: true });'],
  ['const a = new https.Agent({ keepAlive: false });', undefined],
  ['const a = new https.Agent({ lookup() {} });', undefined],
  ['const a = new https.Agent(options);', undefined],
  ['new http.Agent(); new http.Agent();', undefined],
])('keep-alive-off: %s', (text, result) => {
  expect(fixed('keep-alive-off', text)).toBe(result);
});

test.each([
  ['  await fetch(url);', '  await (await fetch(url)).body?.cancel();'],
  [
    "await fetch('http://a.example/)', { method: 'POST' })",
    "await (await fetch('http://a.example/)', { method: 'POST' })).body?.cancel()",
  ],
  ['await fetch(a(b)).then(c);', undefined],
  ['await fetch(a), await fetch(b);', undefined],
  ['const r = await fetch(url);', undefined],
  ['await fetch(url); // done', undefined],
  ['await fetch(/\\)/.source);', undefined],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: code of a program
  ['await fetch(`${a})`);', undefined],
])('body-not-read: %s', (text, result) => {
  expect(fixed('body-not-read', text)).toBe(result);
});

test('the line of the finding alone, with whatever line ends', () => {
  const text = 'await fetch(a);\r\nawait fetch(b);\r\n';
  expect(fixed('body-not-read', text, 1)).toBe('await fetch(a);\r\nawait (await fetch(b)).body?.cancel();\r\n');
  expect(fixed('body-not-read', text, 2)).toBeUndefined();
  expect(fixesOf('n-plus-one', text, 0)).toEqual([]);
});
