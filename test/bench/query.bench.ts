/** 100,000 rows through queries of every kind: CPU time, and as a multiple of what reading the rows alone takes. */
import { test } from 'vitest';
import { compileQuery } from '../../src/model/query/compile';
import { rowFields } from '../../src/model/query/rowFields';
import type { Row } from '../../src/model/rows/row';
import { parsed } from '../../src/model/testing/query';

const rows = Array.from({ length: 100_000 }, (_, i): Row => {
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

/** CPU time of this process, ms: what else the machine does makes no difference. */
const cpu = (): number => process.cpuUsage().user / 1000;

/** Passing rows, and the least ms of some passes: compiling and collecting only add. */
function measure(passes: (row: Row) => boolean | undefined): { count: number; ms: number } {
  let count = 0;
  let ms = Number.POSITIVE_INFINITY;
  for (let pass = 0; pass < 4; pass++) {
    count = 0;
    const begun = cpu();
    for (const row of rows) if (passes(row) === true) count++;
    ms = Math.min(ms, cpu() - begun);
  }
  return { count, ms };
}

test('100,000 rows', () => {
  const empty = measure((row) => row.url.length + row.path.length > 0);
  const lines: string[] = [];
  for (const text of [
    'cart',
    'cart -page=9 /orders\\/\\d+|stock/',
    'status:>=500',
    'status:>=500 path:/v2/cart/*',
    'host:api.shop.test method:GET,POST',
    'url:https://pay.test*page=*7',
    'file:src/*.ts line:10..40',
    'duration:>500ms or wait:>1s or size:>90kB',
    'remote-ip:10.0.0.* is:reused -is:failed',
    'path:/^\\/v2\\/(cart|stock)\\/1\\d\\d$/',
    'content-type:application/json error:* or label:*',
  ]) {
    const { count, ms } = measure(compileQuery(parsed(text), rowFields));
    lines.push(`${ms.toFixed(1)} ms, ${(ms / empty.ms).toFixed(0)} times the reading  ${text}  (${count})`);
  }
  console.log(`100,000 rows (target 50 ms; reading alone ${empty.ms.toFixed(2)} ms)\n  ${lines.join('\n  ')}`);
});
