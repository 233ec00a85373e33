/** What is no secret stays as it is: 10,000 ordinary URLs, made of what URLs of real programs are made of. */
import { expect, test } from 'vitest';
import { maskUrl } from './mask';

/** The same ones each time. */
function* random(): Generator<number, never> {
  for (let state = 20_260_101; ; ) {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x ^= x + Math.imul(x ^ (x >>> 7), 61 | x);
    yield ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  }
}
const numbers = random();
const below = (n: number): number => Math.floor(numbers.next().value * n);
const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
const hex = (n: number): string => Array.from({ length: n }, () => below(16).toString(16)).join('');
const uuid = (): string => [8, 4, 4, 4, 12].map(hex).join('-');
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const id = (n: number): string => Array.from({ length: n }, () => one([...letters])).join('');
const words =
  `api v1 v2 users orders items products cart checkout search images assets static blog posts comments teams projects
  tasks risk-assessment desk-booking task-list disk-usage documents reports invoices payments settings profile notifications
  webhooks services triggers bots health metrics graphql rest repos pulls issues commits branches packages @scope/name
  lodash-4.17.21.tgz main.3f2a1b9c.js jquery.min.js bundle-vendors~main.js secret-santa password-reset token-ring keynote
  keyboards authors authentication sessions signatures-of-love passport bypass compass monkey skeleton sketch`.split(
    /\s+/,
  );
const hosts =
  `example.com api.example.com www.wikipedia.org registry.npmjs.org api.github.com cdn.jsdelivr.net fonts.googleapis.com
  localhost:3000 127.0.0.1:8080 s3.eu-central-1.amazonaws.com hooks.example.org my-long-service-name.internal.cluster.local`.split(
    /\s+/,
  );
const keys =
  `q query page limit offset sort order filter fields include expand lang locale country currency from to since until
  id ids user account category type format version size width height color tag tags status state view tab ref source utm_source
  utm_medium utm_campaign v t ts timestamp callback cursor after before max_tokens token_type keyword keywords author authors
  sortKey primary_key zipcode country_code statusCode sessions design signal passenger bypass`.split(/\s+/);
const values: (() => string)[] = [
  () => String(below(100_000)),
  () => one(words),
  () => uuid(),
  () => hex(8),
  () => hex(40),
  () => id(11),
  () => id(22),
  () => '2026-01-02T03:04:05Z',
  () => encodeURIComponent('2026-01-02T03:04:05+02:00'),
  () => 'a%20b%20c',
  () => encodeURIComponent(`https://example.com/${one(words)}?page=${below(9)}`),
  () => encodeURIComponent(JSON.stringify({ status: 'open', page: below(9) })),
  () => 'mail@example.com',
  () => Buffer.from(`{"id":${below(1e6)}}`).toString('base64url'),
];
const segment = (): string =>
  one([
    () => one(words),
    () => one(words),
    () => one(words),
    () => String(below(1e6)),
    uuid,
    () => hex(40),
    () => id(22),
    () => id(44),
  ])();

const pair = (): string => {
  const key = one(keys);
  return `${key}=${key === 'max_tokens' ? String(below(100_000)) : one(values)()}`;
};

test('none of 10,000 ordinary URLs is changed', () => {
  const changed: string[] = [];
  for (let i = 0; i < 10_000; i++) {
    const path = Array.from({ length: 1 + below(5) }, segment).join('/');
    const query = Array.from({ length: below(5) }, () => pair()).join('&');
    const url = `https://${one(hosts)}/${path}${query === '' ? '' : `?${query}`}`;
    if (maskUrl(url) !== url) changed.push(url);
  }
  expect(changed).toEqual([]);
});
