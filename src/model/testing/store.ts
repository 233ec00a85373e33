/** Builders for tests: a store filled from event lines, with one process whose zero is the trace's. */
import { Folder } from '../fold/folder';
import { newHeader, Store } from '../store/store';

export const traceId = '00000000-0000-4000-8000-000000000001';

export function procLine(pid = 1, tid = 0, zeroNs = '0', extra: Record<string, unknown> = {}): string {
  return JSON.stringify({
    k: 'proc',
    v: 1,
    trace: traceId,
    pid,
    ppid: 0,
    tid,
    segment: 1,
    monotonicNs: zeroNs,
    wallMs: 0,
    argv: ['node', 'app.js'],
    ...extra,
  });
}

export function emptyStore(limit?: number): Store {
  return new Store(
    newHeader(traceId, { time: '2026-01-01T00:00:00.000000Z', monotonicNs: '0' }, { name: 'test', version: '0' }),
    limit,
  );
}

/** Folds objects as the lines of one file of process 1; ids in the store are `1-0-n`. */
export function foldLines(lines: readonly object[], store = emptyStore()): Store {
  const folder = new Folder(store);
  [procLine(), ...lines.map((l) => JSON.stringify(l))].forEach((text, i) => {
    folder.fold(text, { file: 'test', offset: i });
  });
  return store;
}

/** A connection to 127.0.0.1:80, dialled for `request`: ids dial 90, connection 91. */
export function connectionLines(
  request: number,
  beginAt: number,
  endAt: number,
  extra: Record<string, unknown> = {},
): object[] {
  return [
    { k: 'dial', id: 90, request, via: 'agent', host: '127.0.0.1', port: 80, beginAt, ...extra },
    {
      k: 'conn',
      dial: 90,
      endAt,
      attempts: [
        { id: 91, family: 4, remote: { address: '127.0.0.1', port: 80 }, beginAt, endAt, result: 'connected' },
      ],
      connection: 91,
      local: { address: '127.0.0.1', port: 40000 },
    },
  ];
}

/** The same objects, counting how often a field of one is read: what a loop over them does, whatever the machine. */
export function countingReads<T extends object>(objects: Iterable<T>): { counted: T[]; reads: () => number } {
  let reads = 0;
  const counting: ProxyHandler<T> = {
    get(target, name, receiver) {
      reads++;
      return Reflect.get(target, name, receiver);
    },
  };
  return { counted: [...objects].map((object) => new Proxy(object, counting)), reads: () => reads };
}
