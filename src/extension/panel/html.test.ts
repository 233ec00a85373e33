/** The policy of the page itself, as VS Code gets it: nothing remote, scripts by nonce alone, a new nonce each time. */
import { expect, test } from 'vitest';
import { errorHtml, pageHtml, pageOptions } from './html';

const source = 'https://*.vscode-cdn.test';
const webview = {
  cspSource: source,
  asWebviewUri: ({ path }: { path: string }) => `https://own.vscode-cdn.test${path}`,
};
const extension = { path: '/extension', with: ({ path }: { path: string }) => ({ path }) };
const page = () => pageHtml(webview as never, extension as never);

/** Directives of the policy. */
function policyOf(html: string): Record<string, string[]> {
  const [, content = ''] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(html) ?? [];
  return Object.fromEntries(
    content.split('; ').map((text) => {
      const [name = '', ...values] = text.split(' ');
      return [name, values];
    }),
  );
}

test('nothing is allowed but the extension’s own styles, fonts and pictures, and the script with the nonce', () => {
  const html = page();
  const { 'script-src': script, ...others } = policyOf(html);
  expect(others).toEqual({
    'default-src': ["'none'"],
    'style-src': [source],
    'font-src': [source],
    'img-src': [source, 'data:'],
  });
  expect(script).toHaveLength(1);
  const [, nonce = ''] = /^'nonce-([\w-]{20,})'$/.exec(script?.[0] ?? '') ?? [];
  expect([...html.matchAll(/<script[^>]*>/g)].map(([tag]) => tag)).toEqual([
    `<script nonce="${nonce}">`,
    `<script type="module" nonce="${nonce}" src="https://own.vscode-cdn.test/extension/dist/webview.js">`,
  ]);
  // Inline code and styles, frames and forms would need an exception of the policy.
  expect(html).not.toMatch(/unsafe-|\son\w+=|\sstyle=|<(?:iframe|form|base|object|embed)\b/);
  for (const [, url = ''] of html.matchAll(/(?:src|href)="([^"]*)"/g))
    expect(url).toMatch(/^https:\/\/own\.vscode-cdn\.test\/extension\/dist\//);
});

test('a nonce is used once', () => {
  const nonces = Array.from({ length: 20 }, () => policyOf(page())['script-src']?.[0]);
  expect(new Set(nonces).size).toBe(20);
});

test('the page may load files of the bundle only', () => {
  expect(pageOptions(extension as never)).toEqual({
    enableScripts: true,
    localResourceRoots: [{ path: '/extension/dist' }],
  });
});

test('what is wrong with a file is text in a page without scripts', () => {
  const html = errorHtml('<script>hit()</script> "x" & <img src=x onerror=hit()>');
  expect(policyOf(html)).toEqual({ 'default-src': ["'none'"], 'style-src': ["'unsafe-inline'"] });
  expect(html).not.toMatch(/<script|<img/);
  expect(html).toContain('&#60;script&#62;hit()');
});
