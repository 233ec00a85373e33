/** A program that was traced only from some moment on, or until one: what was before and after is not known. */
import { describe, expect, test } from 'vitest';
import { connectionRowOf } from '../panel/connectionRow';
import { phasesOf } from '../phases/phases';
import { rowOf } from '../rows/row';
import { foldLines } from '../testing/store';

const remote = { address: '127.0.0.1', port: 443 };
const req = { k: 'req', id: 1, createdAt: 10, api: 'https', method: 'GET', url: 'https://a.example/' };
const exchange = { k: 'end', id: 1, connection: 7, t: [5, 6, 7, 20, 30], s: 200, outcome: 'complete' };
const conn = { k: 'conn', earlierTrace: true, attempts: [{ id: 7, remote }], connection: 7 };

describe('a connection from before tracing', () => {
  const store = foldLines([req, conn, exchange]);
  const r = store.requests.get('1-0-1');

  test('has no setup, and says why; the rest of the request is there', () => {
    const { phases, absent, total } = phasesOf(r as never, store);
    expect(phases.map((p) => [p.name, p.duration])).toEqual([
      ['queue', 5],
      ['send', 2],
      ['wait', 13],
      ['download', 10],
    ]);
    expect(total).toBe(30);
    expect(absent.filter((a) => a.why === 'beforeTrace').map((a) => a.name)).toEqual(['dns', 'tcp', 'proxy', 'tls']);
  });

  test('is a connection of the row, whose ordinal is not known, and a lane without a begin', () => {
    expect(rowOf(r as never, store, 0).connection).toMatchObject({ number: 1, ordinal: 0, reused: true });
    const c = store.connections.get('1-0-7');
    expect(c).toMatchObject({ earlierTrace: true, direction: 'out', remote });
    expect(c?.connect).toBeUndefined();
    const lane = connectionRowOf(c as never, store);
    expect(lane).toMatchObject({ host: '127.0.0.1:443', phases: [] });
    expect(lane?.beginAt).toBeUndefined();
    expect(store.counts.connections).toBe(0);
  });
});

describe('the hook leaves', () => {
  test('what runs is cut, what has ended stays as it was', () => {
    const other = { ...req, id: 2 };
    const store = foldLines([req, exchange, other, { k: 'ctl', at: 50, enabled: [], reason: 'detached' }]);
    expect(store.requests.get('1-0-1')?.outcome).toBe('complete');
    const cut = store.requests.get('1-0-2');
    expect(cut).toMatchObject({ outcome: 'interrupted', missing: { endAt: 'detached' } });
    expect(cut?.endAt).toBeUndefined();
    expect(rowOf(cut as never, store, 100)).toMatchObject({ state: 'interrupted', stateText: 'detached' });
    expect(store.processes.get('1')?.end).toBeUndefined();
  });
});
