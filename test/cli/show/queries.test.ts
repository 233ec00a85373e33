/**
 * One text means the same in the traced program, which knows a request bit by bit, and in the trace, which knows all of it:
 * a run with many conditions says of each request which it matched, and the rows of the same trace are asked again.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileQuery, parseQuery } from '../../../src/model/query';
import { rowFields } from '../../../src/model/query/rowFields';
import type { Trace } from '../../../src/model/records';
import { rowOf } from '../../../src/model/rows/row';
import { Store } from '../../../src/model/store/store';
import { scratch } from '../../../src/session/testing/scratch';
import { Nettrace } from '../testing/nettrace';

/** How many of the eight requests of the program pass. */
const conditions: readonly (readonly [string, number])[] = [
  ['-nothing', 8],
  ['status:>=500', 1],
  ['status:4xx,5xx or is:slow', 3],
  ['-status:200', 3],
  ['path:/api/*', 4],
  ['-path:/api/*', 4],
  ['path:/^\\/(slow|drop)$/', 2],
  ['url:*fetched*', 2],
  ['query:json=1', 1],
  ['items -json', 1],
  ['/api\\/(x|items)$/', 1],
  ['method:POST', 1],
  ['method:get -status:200', 3],
  ['host:127.0.0.1', 8],
  ['scheme:https', 0],
  ['api:fetch', 2],
  ['is:failed', 1],
  ['is:server-error', 1],
  ['has:error', 1],
  ['error:ECONNRESET', 1],
  ['message:*', 1],
  ['phase:wait', 1],
  ['duration:>500ms', 1],
  ['wait:>500ms or size:>10kB', 3],
  ['content-type:application/json', 1],
  ['content-type:*utf-8', 1],
  ['file:varied.cjs', 8],
  ['file:programs/*.cjs line:32', 1],
  ['function:get', 0],
  ['is:reused', 4],
  ['is:new', 4],
  ['ordinal:2..3', 2],
  ['remote-ip:127.0.0.* remote-port:>0', 8],
  ['local-port:>0', 8],
  ['protocol:http/1.1', 7],
  ['process:varied', 8],
  ['thread:0 attempt:1', 8],
  ['response-header:etag', 7],
  ['request-header:x-trial', 1],
  ['header:etag=*a1*', 7],
  ['is:unread or is:aborted or is:retry or is:redirect', 0],
];

let trace: Trace;
beforeAll(async () => {
  const file = join(scratch(), 'varied.nettrace.json');
  const asked = conditions.flatMap(([text]) => ['--trace', text]);
  const program = join(__dirname, '../programs/varied.cjs');
  const command = ['run', '--quiet', '--headers', 'values', ...asked, '-o', file, '--', process.execPath, program];
  const { code, stderr } = await new Nettrace().run(command);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  trace = JSON.parse(readFileSync(file, 'utf8'));
});

describe('in the program and in the trace', () => {
  test.each(conditions)('%s', (text, count) => {
    const id = trace.traceRequests?.find((t) => t.condition === text)?.id;
    expect(id).toBeDefined();
    const inProgram = trace.requests.filter((r) => r.traceRequests?.includes(id as string)).map((r) => r.url);
    const store = Store.fromDocument(trace);
    const { query } = parseQuery(text);
    const passes = query && compileQuery(query, rowFields);
    const rows = trace.requests.map((r) => rowOf(r, store, trace.endAt ?? 0));
    const inTrace = rows.filter((row) => passes?.(row)).map((row) => row.url);
    expect(inProgram).toEqual(inTrace);
    expect(inTrace.length).toBe(count);
  });
});
