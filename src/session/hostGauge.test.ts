import { expect, test } from 'vitest';
import { requestOf, traceOf } from '../formats/testing/example';
import { headerOf } from '../model/store/header';
import { HostGauge } from './hostGauge';
import { TraceStore } from './traceStore';

function gaugeAt(now: () => number): { gauge: HostGauge; store: TraceStore } {
  const store = new TraceStore(headerOf(traceOf({})), 100, false);
  return { store, gauge: new HostGauge(store, now) };
}

test('a poll that takes over 80 % of its period is counted, one that takes over a second as being behind', () => {
  const { gauge } = gaugeAt(() => 0);
  gauge.polled(0, 400, 10);
  expect(gauge.figures()).toMatchObject({ polls: 1, longPolls: 0, behind: 0, maxPoll: 400_000 });
  gauge.polled(1000, 1401, 20);
  expect(gauge.figures()).toMatchObject({ polls: 2, longPolls: 1, behind: 0, maxPoll: 401_000 });
  gauge.polled(2000, 3001, 30);
  gauge.polled(3500, 3503, 77);
  expect(gauge.figures()).toMatchObject({ bytes: 77, polls: 4, longPolls: 2, behind: 1, maxPoll: 1_001_000 });
});

test('polls that wait for the same reading are one that is long', () => {
  const { gauge } = gaugeAt(() => 0);
  for (const [dueAt, now] of [
    [0, 2000],
    [500, 2000],
    [1000, 4000],
    [5000, 7000],
  ] as const)
    gauge.polled(dueAt, now, 0);
  expect(gauge.figures()).toMatchObject({ polls: 4, longPolls: 2, behind: 2 });
});

test('the lag is that from the end of a request to its record', () => {
  let now = 0;
  const { gauge, store } = gaugeAt(() => now);
  expect(gauge.figures()).not.toHaveProperty('lag');
  const r = requestOf({ id: '1-0-1', endAt: 5000 });
  now = 9000;
  store.setRequest(r);
  now = 20_000;
  // Later lines of the same request say nothing of it.
  store.setRequest({ ...r, label: 'x' });
  expect(gauge.figures()).toMatchObject({ lag: 4000, maxLag: 4000 });
  store.setRequest(requestOf({ id: '1-0-2', endAt: 19_000 }));
  expect(gauge.figures()).toMatchObject({ lag: 1000, maxLag: 4000 });
  // How it ended was not reported by the program.
  now = 90_000;
  store.setRequest(requestOf({ id: '1-0-3', endAt: 30_000, outcome: 'interrupted' }));
  expect(gauge.figures()).toMatchObject({ lag: 1000, maxLag: 4000 });
});

test('losses are summed by what became of them', () => {
  const { gauge, store } = gaugeAt(() => 0);
  store.addLoss({ source: 'hook', what: 'lines', kind: 'dropped', count: 2 });
  store.addLoss({ source: 'session', what: 'requests', kind: 'evicted', count: 3 });
  store.addLoss({ source: 'session', what: 'lines', kind: 'torn', count: 4 });
  store.addLoss({ source: 'session', what: 'lines', kind: 'missingSegment', count: 5 });
  // As it should be: nothing that anybody misses.
  store.addLoss({ source: 'inetDiag', what: 'kernelSamples', kind: 'evicted', count: 100 });
  expect(gauge.figures()).toMatchObject({ dropped: 2, evicted: 3, lost: 9 });
});
