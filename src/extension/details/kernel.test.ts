import { expect, test } from 'vitest';
import type { KernelSample, Request } from '../../model/records';
import { Store } from '../../model/store/store';
import { roundTripsOf } from './kernel';

const sample = (n: number, at: number, rtt?: number): KernelSample => ({
  id: `s-${n}`,
  connection: 'c-1',
  at,
  trigger: 'interval',
  ...(rtt === undefined ? {} : { rtt }),
});
const request = (begin: number, end: number): Request =>
  ({
    id: '1',
    connection: 'c-1',
    kernel: { windowBeginAt: begin, windowEndAt: end, samples: 3, shared: false },
  }) as Request;

function store(...samples: KernelSample[]): Store {
  const made = new Store({ beginTime: '2026-05-01T10:00:00Z' } as ConstructorParameters<typeof Store>[0]);
  made.kernelSamples.set('c-1', samples);
  return made;
}

test('those of the request’s own time; a sample without one has that of the sample before', () => {
  const made = store(sample(1, 50, 900), sample(2, 100), sample(4, 300, 2500), sample(3, 200, 700), sample(5, 400, 1));
  expect(roundTripsOf(request(100, 300), made)).toEqual({
    roundTrips: [
      { at: 100, rtt: 900 },
      { at: 200, rtt: 700 },
      { at: 300, rtt: 2500 },
    ],
  });
});

test('none of fewer than two samples, of none that was measured, without kernel statistics', () => {
  expect(roundTripsOf(request(100, 300), store(sample(1, 150, 900), sample(2, 400, 900)))).toEqual({});
  expect(roundTripsOf(request(100, 300), store(sample(1, 150), sample(2, 200)))).toEqual({});
  expect(roundTripsOf({ id: '1', connection: 'c-1' } as Request, store(sample(1, 150, 9), sample(2, 200, 9)))).toEqual(
    {},
  );
});
