import { runInNewContext } from 'node:vm';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { describe, expect, test } from 'vitest';
import type { TracedRequest } from '../api/types';
import { completionsOf, NetConsole } from './console';
import type { NetSource } from './object';

const request = (n: number, more: Partial<TracedRequest> = {}): TracedRequest => ({
  id: `r1/1-0-${n}`,
  method: 'GET',
  url: `http://127.0.0.1/${n}?q="'\`\${$net}\u2028</script>\\`,
  status: 200 + n,
  state: '200',
  phasesMs: { wait: 1.5 },
  pid: 1,
  threadId: 0,
  ...more,
});

const source = (all: TracedRequest[]): NetSource => ({
  requests: () => all,
  matching: (query) => (query === 'bad(' ? 'column 5: it ends too early' : all.filter((r) => r.url.includes(query))),
  seen: (key) => (key === 'method' ? ['GET', 'POST', 'GET'] : []),
  connections: () => [{ number: 1, requests: all.map((r) => r.id) }],
});

/** As the debugger gets it, evaluated. */
function evaluated(expression: string, all: TracedRequest[], globals: object = {}): unknown {
  const message = {
    type: 'request',
    seq: 1,
    command: 'evaluate',
    arguments: { expression },
  } as DebugProtocol.EvaluateRequest;
  new NetConsole(source(all)).asked(message);
  return JSON.parse(JSON.stringify(runInNewContext(message.arguments.expression, globals) ?? null));
}

describe('$net as the program evaluates it', () => {
  const three = [request(1), request(2), request(3)];
  test('the last request, whole', () => expect(evaluated('$net.last', three)).toEqual(three[2]));
  test('none yet', () => expect(evaluated('[$net.last, $net.requests(), $net.request]', [])).toEqual([null, [], null]));
  test('all of them', () => expect(evaluated('$net.requests()', three)).toEqual(three));
  test('those of a query', () => expect(evaluated('$net.requests("/2").map(r => r.status)', three)).toEqual([202]));
  test('what is wrong with a query', () => {
    expect(() => evaluated('$net.requests("bad(")', three)).toThrow('column 5: it ends too early');
    expect(() => evaluated('$net.requests(q)', three, { q: '/2' })).toThrow('plain string');
  });
  test('connections', () => expect(evaluated('$net.connections()[0].requests', three)).toEqual(three.map((r) => r.id)));
  test('as a whole', () =>
    expect(
      evaluated('(n => [n.last.status, n.requests().length, n.connections().length, "request" in n])($net)', three),
    ).toEqual([203, 3, 1, true]));
  test('the request of a stop is the program’s own', () => {
    const globals = { [Symbol.for('nettrace.hook')]: { stopped: { url: 'here' } } };
    expect(evaluated('$net.request.url', [], globals)).toBe('here');
  });
  test('records that look like code stay text', () => {
    const evil = [
      request(1, { url: '"}]; process.exit(1); //', state: '__proto__', callSite: { file: '\\', line: 1, column: 1 } }),
    ];
    expect(evaluated('$net.last', evil)).toEqual(evil[0]);
  });
  test('is bounded: the newest are kept, and it says how many are not', () => {
    const many = Array.from({ length: 1200 }, (_, i) => request(i));
    expect(evaluated('(r => [r.length, r.at(-1).status, r.omitted])($net.requests())', many)).toEqual([500, 1399, 700]);
    const long = [request(1), request(2, { url: 'x'.repeat(1_500_000) })];
    expect(evaluated('(r => [r.length, r.omitted])($net.requests())', long)).toEqual([0, 2]);
  });
  test('what does not name it is not touched', () => {
    const message = {
      type: 'request',
      seq: 1,
      command: 'evaluate',
      arguments: { expression: 'a.$net' },
    } as DebugProtocol.EvaluateRequest;
    new NetConsole(source(three)).asked(message);
    expect(message.arguments.expression).toBe('a.$net');
  });
});

describe('completions', () => {
  const labels = (text: string) =>
    completionsOf(text, undefined, text.length + 1, source([request(1)])).map((i) => i.label);
  test('members, those of a record, the name', () => {
    expect(labels('1 + $net.')).toEqual(['requests', 'last', 'connections', 'request']);
    expect(labels('$net.re')).toEqual(['requests', 'request']);
    expect(labels('$net.last.ur')).toEqual(['url']);
    expect(labels('$n')).toEqual(['$net']);
    expect(labels('a.$n')).toEqual([]);
    expect(labels('a$net.')).toEqual([]);
    expect(labels('x')).toEqual([]);
  });
  test('in a query: its keys and the values that were seen', () => {
    expect(labels('$net.requests("stat')).toContain('status:');
    expect(labels("$net.requests('path:/a method:")).toEqual(expect.arrayContaining(['GET', 'POST']));
    expect(completionsOf('$net.requests("method:P', 1, 24, source([]))).toEqual([
      expect.objectContaining({ label: 'POST', start: 22, length: 1 }),
    ]);
    expect(labels('$net.requests("a").')).toEqual([]);
  });
  test('replaces what is typed', () =>
    expect(completionsOf('1;\n$net.la', 2, 8, source([]))).toEqual([
      expect.objectContaining({ label: 'last', start: 5, length: 2 }),
    ]));
  test('are listed before those of the debugger, which does not know `$net`', () => {
    const net = new NetConsole(source([]));
    net.asked({
      seq: 7,
      type: 'request',
      command: 'completions',
      arguments: { text: '$net.l', column: 7 },
    } as DebugProtocol.Request);
    const response = (request_seq: number, body?: object) =>
      ({
        type: 'response',
        command: 'completions',
        request_seq,
        success: body !== undefined,
        body,
      }) as DebugProtocol.CompletionsResponse;
    const other = response(6, { targets: [] });
    net.onResponse(other);
    expect(other.body.targets).toEqual([]);
    const failed = response(7);
    net.onResponse(failed);
    expect(failed).toMatchObject({ success: true, body: { targets: [{ label: 'last' }] } });
  });
});
