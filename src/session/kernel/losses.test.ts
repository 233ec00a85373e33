import { expect, test } from 'vitest';
import { emptyStore } from '../../model/testing/store';
import { Losses } from './losses';

test('the helper counts from its begin; the trace has one entry for each cause, with its reason', () => {
  const store = emptyStore();
  const losses = new Losses(store);
  const say = (lost: Record<string, number>, at: number) =>
    losses.take({ t: 'lost', feature: 'states', at: String(at), lost } as never, at);
  say({ unread: 0, missed: 3 }, 10);
  say({ unread: 0, missed: 3 }, 20);
  say({ unread: 0, missed: 5, kernel: 1 }, 30);
  expect(store.losses.map(({ source, what, count, reason }) => [source, what, count, reason])).toEqual([
    ['bpf', 'kernelEvents', 5, 'states: they came while the kernel was recording another one on the same processor'],
    ['bpf', 'kernelEvents', 1, 'states: the kernel’s ring buffer was full'],
  ]);
});

test('an interrupted dump and ends that the kernel could not keep have kinds of their own', () => {
  const store = emptyStore();
  const losses = new Losses(store);
  losses.take({ t: 'lost', feature: 'route', at: '10', lost: { interrupted: 1 } }, 10);
  losses.take({ t: 'lost', feature: 'tcpDestroy', at: '20', lost: { overflow: 1 } }, 20);
  expect(store.losses.map(({ what, kind, count }) => [what, kind, count])).toEqual([
    ['kernelSamples', 'interruptedDump', 1],
    ['kernelSamples', 'overflow', 1],
  ]);
});
