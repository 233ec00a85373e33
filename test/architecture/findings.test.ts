/** docs/findings.md lists every rule of the analysis, and no other. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('every rule is in the documentation', () => {
  const folder = join(__dirname, '../../src/analysis/rules');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const quoted = (text: string) => [...text.matchAll(/'([a-z0-9]+(?:-[a-z0-9]+)*)'/g)].map((m) => m[1]);
  // `rule: 'agent-queue'`, `rule: v6 ? 'ipv6-broken' : 'attempt-budget'`
  const named = sources.flatMap((text) => [...text.matchAll(/\brule:([^,]*),/g)].flatMap((m) => quoted(m[1] ?? '')));
  const page = readFileSync(join(__dirname, '../../docs/findings.md'), 'utf8');
  const listed = [...page.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map((m) => m[1]);
  expect(named.filter((rule) => !listed.includes(rule))).toEqual([]);
  const words = new Set(sources.flatMap(quoted));
  expect(listed.filter((rule) => !words.has(rule))).toEqual([]);
});
