/** The events of the published example trace, in words. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseTrace } from '../../formats';
import { documentOf } from '../../model/document';
import { connectionLines, foldLines } from '../../model/testing/store';
import { Replay } from '../position/replay';
import { eventText } from '../position/words';
import { Timeline } from './timeline';

const example = parseTrace(readFileSync(join(__dirname, '../../model/golden/example.nettrace.json'), 'utf8'));
const options = { roots: [], exists: () => false };

describe('the timeline', () => {
  test('a first request has all events of the records below it', () => {
    const replay = new Replay(example, options);
    const own = replay.timeline.ofRequest('4711-0-1');
    expect(own.map((p) => eventText(replay.trace, replay.timeline.event(p)))).toMatchInlineSnapshot(`
      [
        "GET /login is called",
        "GET /login: connecting to api.example.test:8080",
        "GET /login: lookup of api.example.test",
        "GET /login: lookup done, 2 addresses",
        "GET /login: attempt to [2001:db8::10]:8080",
        "GET /login: attempt to [2001:db8::10]:8080 timedOut, ETIMEDOUT",
        "GET /login: attempt to 192.0.2.10:8080",
        "GET /login: connected to 192.0.2.10:8080",
        "GET /login: gets connection #1",
        "GET /login: head sent",
        "GET /login: sent",
        "GET /login: response 302",
        "GET /login: done",
      ]
    `);
  });

  test('threads, pauses and the ends of the trace are events too', () => {
    const replay = new Replay(example, options);
    const { events, threads } = replay.timeline;
    expect(threads).toEqual(['4711-0', '4720-0']);
    const others = events.filter((e) => e.request === undefined).map((e) => eventText(replay.trace, e));
    expect(others).toMatchInlineSnapshot(`
      [
        "the trace begins",
        "checkout begins",
        "connection #5 closed",
        "connection #3: own end sent",
        "connection #3 closed (local)",
        "stopped in the debugger",
        "goes on after the debugger",
        "probe 4720 begins",
        "connection #4: own end sent",
        "connection #4 closed (local)",
        "probe 4720 ends, exit code 0",
        "kernel: state established → closeWait",
        "connection #2: the peer has no more to send",
        "connection #2: own end sent",
        "connection #2 closed (peer)",
        "checkout ends, exit code 0",
        "the trace ends",
      ]
    `);
    expect(events.map((e) => e.at)).toEqual(events.map((e) => e.at).toSorted((a, b) => a - b));
  });

  test('the position of an instant is that of the last event up to it', () => {
    const timeline = new Timeline(example);
    expect(timeline.event(timeline.positionAt(79_410)).kind).toBe('created');
    expect(timeline.positionAt(79_409.9)).toBe(timeline.positionAt(79_410) - 1);
    expect(timeline.positionAt(-1)).toBe(0);
    expect(timeline.positionAt(Number.POSITIVE_INFINITY)).toBe(timeline.last);
  });

  test('a trace without an event is empty', () => {
    const { processes: _p, requests: _r, ...rest } = example;
    const empty = { ...rest, processes: [], requests: [], dials: [], lookups: [], connections: [], tlsTunnels: [] };
    const { dnsExchanges: _x, kernelEvents: _k, socketOperations: _o, pauses: _w, ...bare } = empty;
    expect(new Replay(bare as never, options).isEmpty).toBe(true);
  });

  test('what a connection does after its request is of the one request that it serves then, else of none', () => {
    const store = foldLines([
      { k: 'req', id: 1, createdAt: 100, api: 'http', method: 'GET', url: 'http://127.0.0.1/a' },
      ...connectionLines(1, 110, 120),
      {
        k: 'end',
        id: 1,
        connection: 91,
        dial: 90,
        ordinal: 1,
        assignedAt: 120,
        sendBeginAt: 121,
        sendEndAt: 122,
        responseBeginAt: 130,
        endAt: 140,
        outcome: 'complete',
        response: { status: 200 },
      },
      { k: 'close', id: 91, bytesSent: 1, bytesReceived: 1, closedAt: 500, closedBy: 'peer' },
    ]);
    const replay = new Replay(documentOf(store), options);
    const closed = replay.timeline.events.find((e) => e.kind === 'closed');
    expect(closed).toBeDefined();
    expect(closed).not.toHaveProperty('request');
    expect(replay.timeline.events.find((e) => e.kind === 'connected')?.request).toBe('1-0-1');
  });
});
