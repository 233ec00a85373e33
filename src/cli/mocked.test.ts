/**
 * A request that was answered inside the program: its own state, no figures of connections, no findings, in every format.
 */

import { expect, test } from 'vitest';
import { analyse } from '../analysis/analyse';
import { verdictOf } from '../analysis/verdict/verdict';
import { rowsOf } from '../answers/requests/rows';
import { eveText } from '../formats/eve/write';
import { harText } from '../formats/har/write';
import { nativeText } from '../formats/native/format';
import { parseTrace } from '../formats/read';
import { documentOf } from '../model/document';
import { phasesOf } from '../model/phases/phases';
import { compileQuery } from '../model/query/compile';
import { parseQuery } from '../model/query/parse';
import { rowFields } from '../model/query/rowFields';
import type { Request } from '../model/records';
import { rowOf } from '../model/rows/row';
import { connectionLines, foldLines } from '../model/testing/store';
import { requestBlocks } from './request/block';
import { summaryLines } from './summary/summary';
import { styleFor } from './terminal/say';

const url = 'http://api.test/x';
const common = { api: 'http', method: 'GET', outcome: 'complete' };
const store = foldLines([
  { k: 'req', id: 1, createdAt: 0, url, ...common, t: [100, 200, 300, 900, 1000], s: 500, mocked: true },
  // As nock 15 does: a dial that came to nothing real.
  { k: 'dial', id: 5, request: 1, via: 'agent', host: 'api.test', port: 80, beginAt: 50 },
  { k: 'conn', dial: 5, endAt: 90, attempts: [], mocked: true },
  {
    k: 'req',
    id: 2,
    createdAt: 0,
    url: 'http://127.0.0.1/',
    ...common,
    t: [0, 300, 310, 900, 1000],
    s: 200,
    connection: 91,
  },
  ...connectionLines(2, 10, 200),
  { k: 'ctl', at: 2000, reason: 'start' },
]);
const style = styleFor({});
const mocked = store.requests.get('1-0-1') as Request;

test('state, phases, verdict: nothing of them is the network’s', () => {
  expect(rowOf(mocked, store, 2000)).toMatchObject({ state: 'mocked', stateText: '500 mocked', mocked: true });
  const { phases, absent } = phasesOf(mocked, store, 2000);
  expect(phases.map((p) => p.name)).toEqual(['queue', 'send', 'wait', 'download']);
  expect(absent.find((a) => a.name === 'tcp')).toEqual({ name: 'tcp', why: 'mocked' });
  expect(verdictOf(mocked, store, 2000)).toMatchObject({ rule: 'mocked', level: 'ok' });
});

test('a mocked request has no finding and counts no connection', () => {
  expect(analyse(store, 2000).flatMap((f) => f.subjects)).not.toContain(mocked.id);
  expect(store.counts.connections).toBe(1);
  // 500, but no server's.
  expect(store.live.serverErrors).toBe(0);
});

test('a query finds it', () => {
  const { query } = parseQuery('is:mocked');
  const matches = compileQuery(query as never, rowFields);
  expect(
    rowsOf(store, 2000)
      .filter(matches)
      .map((r) => r.id),
  ).toEqual([mocked.id]);
});

test('the summary and `show` say so', () => {
  expect(summaryLines(store, 2000, { style, width: 160, max: 50 }).join('\n')).toMatch(/1 mocked[\s\S]*500 mocked/);
  const block = [...requestBlocks(store, rowsOf(store, 2000), { now: 2000, style, body: false })].join('\n');
  expect(block).toContain('mocked: answered inside the program, with no connection');
});

test('the trace file and HAR keep it; EVE, which describes the network alone, leaves it out', () => {
  const document = documentOf(store);
  const again = (text: string) => parseTrace(text).requests.find((r) => r.url === url);
  expect(again(nativeText(document))).toMatchObject({ mocked: true });
  expect(again(harText(document))).toMatchObject({ mocked: true, outcome: 'complete' });
  const eve = eveText(document);
  expect(eve).not.toContain('api.test');
  expect(eve).toContain('127.0.0.1');
});
