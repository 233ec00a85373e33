/** What a query of each kind does with a row, counted; test/bench/query.bench.ts measures the time. */
import { expect, test } from 'vitest';
import type { Row } from '../rows/row';
import { parsed } from '../testing/query';
import { countingReads } from '../testing/store';
import { compileQuery } from './compile';
import { rowFields } from './rowFields';

const rows = Array.from({ length: 1000 }, (_, i): Row => {
  const path = `/v2/${['cart', 'orders', 'stock'][i % 3]}/${i % 997}`;
  const host = ['api.shop.test', 'pay.test:8443', 'inventory.local'][i % 3] as string;
  return {
    id: `r1/4711-0-${i}`,
    run: 1,
    thread: '4711-0',
    pid: 4711,
    threadId: 0,
    process: 'shop',
    main: true,
    api: 'fetch',
    method: i % 5 === 0 ? 'POST' : 'GET',
    url: `https://${host}${path}?page=${i}`,
    scheme: 'https',
    host,
    path,
    query: `?page=${i}`,
    protocol: 'h2',
    createdAt: i * 1000,
    endAt: i * 1000 + 800,
    status: i % 50 === 0 ? 503 : 200,
    state: i % 50 === 0 ? 'serverError' : 'done',
    stateText: i % 50 === 0 ? '503' : '200',
    phases: [
      { name: 'send', beginAt: i * 1000, duration: 100 },
      { name: 'wait', beginAt: i * 1000 + 100, duration: 600 },
      { name: 'download', beginAt: i * 1000 + 700, duration: 100 },
    ],
    total: 800 + (i % 100) * 9000,
    callSite: {
      file: `/home/me/shop/src/${path.slice(4, 8)}.ts`,
      line: i % 90,
      column: 3,
      kind: 'user',
      text: `${path.slice(4, 8)}.ts:${i % 90}`,
    },
    connection: { id: `c${i % 40}`, number: i % 40, ordinal: 1 + (i >> 5), reused: i > 40 },
    bytesSent: 300,
    bytesReceived: 1000 + i,
    contentType: 'application/json; charset=utf-8',
    remote: `10.0.0.${i % 250}:443`,
  };
});

test.each([
  ['cart', 12, 334],
  ['cart -page=9 /orders\\/\\d+|stock/', 12, 0],
  ['status:>=500', 1, 20],
  ['status:>=500 path:/v2/cart/*', 2, 7],
  ['host:api.shop.test method:GET,POST', 3, 334],
  ['url:https://pay.test*page=*7', 1, 34],
  ['file:src/*.ts line:10..40', 2, 341],
  ['duration:>500ms or wait:>1s or size:>90kB', 3, 440],
  ['remote-ip:10.0.0.* is:reused -is:failed', 4, 959],
  ['path:/^\\/v2\\/(cart|stock)\\/1\\d\\d$/', 1, 66],
  ['content-type:application/json error:* or label:*', 3, 0],
])('%s reads at most %i fields of a row', (text, max, passing) => {
  const { counted, reads } = countingReads(rows);
  const passes = compileQuery(parsed(text), rowFields);
  expect(counted.filter((row) => passes(row) === true)).toHaveLength(passing);
  expect(reads() / rows.length).toBeLessThanOrEqual(max);
});
