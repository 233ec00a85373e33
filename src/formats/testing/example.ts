/** The example trace and variations of it, for tests of the formats. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Connection, Dial, Request, TlsTunnel, Trace } from '../../model/records';
import { parseNative } from '../native/format';

const examplePath = join(import.meta.dirname, '../../model/golden/example.nettrace.json');

export const exampleText = (): string => readFileSync(examplePath, 'utf8');
export const example = (): Trace => parseNative(exampleText());

/**
 * Compares with a reviewed file in `golden/`. `UPDATE_GOLDEN=1` writes it again: then read the difference before it is
 * committed.
 */
export async function expectGolden(name: string, text: string): Promise<void> {
  const path = join(import.meta.dirname, '../golden', name);
  if (process.env.UPDATE_GOLDEN) {
    const { writeFileSync } = await import('node:fs');
    writeFileSync(path, text);
  }
  expect(text).toBe(readFileSync(path, 'utf8'));
}

export interface Parts {
  requests?: Request[];
  dials?: Dial[];
  connections?: Connection[];
  tlsTunnels?: TlsTunnel[];
}

/** A document with one process and thread (`1-0`) that began 1 ms after the trace, and these records. */
export function traceOf(parts: Parts, more: Partial<Trace> = {}): Trace {
  const { requests = [], dials = [], connections = [], tlsTunnels = [] } = parts;
  return {
    format: 'nettrace',
    version: '1.0',
    id: '11111111-2222-4333-8444-555555555555',
    producer: { name: 'nettrace', version: '0.1.0' },
    beginTime: '2026-01-02T03:04:05.000001Z',
    beginMonotonicNs: '1000',
    endAt: 10_000_000,
    state: 'ended',
    sources: [{ name: 'hook', state: 'on' }],
    counts: {
      requests: requests.length,
      failed: 0,
      connections: connections.length,
      lookups: 0,
      bytesSent: 0,
      bytesReceived: 0,
      evictedRequests: 0,
    },
    processes: [
      {
        id: '1',
        pid: 1,
        entry: 'app.js',
        runtime: { name: 'node', version: '24.1.0' },
        startAt: 1000,
        threads: [{ id: '1-0', threadId: 0, kind: 'main', beginAt: 1000, clockOffset: 0 }],
      },
    ],
    requests,
    dials,
    lookups: [],
    connections,
    tlsTunnels,
    certificates: [],
    losses: [],
    ...more,
  };
}

/** A finished request over HTTP/1.1: made at 2 ms, sent 3–4 ms, head at 9 ms, end at 10 ms. */
export function requestOf(fields: Partial<Request> = {}): Request {
  return {
    id: '1-0-1',
    thread: '1-0',
    createdAt: 2000,
    api: 'http',
    method: 'GET',
    url: 'http://a.example/x',
    protocol: 'http/1.1',
    connection: '1-0-3',
    ordinal: 1,
    assignedAt: 2900,
    sendBeginAt: 3000,
    sendEndAt: 4000,
    responseBeginAt: 9000,
    endAt: 10_000,
    response: { status: 200, statusText: 'OK', declaredBytes: 5, wireBytes: 5, bodyBytes: 5, readBytes: 5 },
    outcome: 'complete',
    ...fields,
  };
}

/** The dial and connection of `requestOf()`, TCP from 2.2 to 2.8 ms. */
export function socketOf(
  fields: Partial<Connection> = {},
  dial: Partial<Dial> = {},
): { connection: Connection; dial: Dial } {
  return {
    connection: {
      id: '1-0-3',
      thread: '1-0',
      dial: '1-0-2',
      kind: 'tcp',
      direction: 'out',
      local: { address: '127.0.0.1', port: 50000 },
      remote: { address: '127.0.0.1', port: 80 },
      connect: { beginAt: 2200, endAt: 2800, result: 'connected' },
      ...fields,
    },
    dial: {
      id: '1-0-2',
      thread: '1-0',
      request: '1-0-1',
      via: 'agent',
      host: '127.0.0.1',
      port: 80,
      beginAt: 2100,
      endAt: 2800,
      attempts: ['1-0-3'],
      connection: '1-0-3',
      ...dial,
    },
  };
}
