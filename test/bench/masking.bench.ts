/** What masking costs a URL without a secret: CPU time a URL, beside that of looking for one of five characters in it. */
import { test } from 'vitest';
import { maskUrl } from '../../src/model/secrets/mask';

const hex = '9c1185a5c5e9fc54612808977ee8f548b2258d31';
const urls: Record<string, string> = {
  path: 'https://api.example.com/v2/orders/list',
  'numeric id': 'https://api.example.com/v2/orders/12345678901234567890',
  UUID: 'https://api.example.com/v2/orders/3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  'two UUIDs':
    'https://api.example.com/v2/users/3f2504e0-4f89-41d3-9a0c-0305e82c3301/orders/7d444840-9dc0-11d1-b245-5ffdce74fad2',
  '40 hex': `https://api.github.com/repos/nodejs/node/commits/${hex}`,
  '64 hex': `https://registry.example.com/v2/app/blobs/${hex}0123456789abcdef01234567`,
  'long words': 'https://blog.example.com/2026/how-we-made-the-checkout-of-the-shop-twice-as-fast',
};

const times = 100_000;
/** CPU time a call, ns: the least of some passes, as what else the machine does only adds. */
function cost(body: (url: string) => unknown, url: string): number {
  let min = Number.POSITIVE_INFINITY;
  let kept: unknown;
  for (let pass = 0; pass < 7; pass++) {
    const begin = process.cpuUsage().user;
    for (let i = 0; i < times; i++) kept = body(url);
    min = Math.min(min, process.cpuUsage().user - begin);
  }
  if (kept === undefined) throw new Error('no result');
  return (min * 1000) / times;
}

test('ordinary URLs', () => {
  const look = (url: string) => /[?@#;%]/.test(url);
  // Both have seen every kind before any is measured.
  for (let i = 0; i < 20_000; i++)
    for (const url of Object.values(urls)) if (look(url) || maskUrl(url) !== url) throw url;
  const lines = Object.entries(urls).map(([kind, url]) => {
    const [min, masking] = [cost(look, url), cost(maskUrl, url)];
    return `${kind.padEnd(12)} ${min.toFixed(0).padStart(5)} ns to look, ${masking.toFixed(0).padStart(5)} ns to mask`;
  });
  console.log(lines.join('\n'));
});
