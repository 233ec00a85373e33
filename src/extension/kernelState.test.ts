import { expect, test } from 'vitest';
import type { Source } from '../model/records';
import { newHeader, Store } from '../model/store';
import { kernelState } from './kernelState';

const anchor = { time: '2026-01-01T00:00:00.000000Z', monotonicNs: '0' };
const state = (source: Omit<Source, 'name'>): string => {
  const store = new Store({
    ...newHeader('t', anchor, { name: 'test', version: '1' }),
    sources: [{ name: 'inetDiag', ...source }],
  });
  return kernelState(store);
};

test('on, off and why', () => {
  expect(kernelState(undefined)).toBe('kernel figures off');
  expect(state({ state: 'on' })).toBe('kernel figures on');
  expect(state({ state: 'off', reason: 'notAsked' })).toBe('kernel figures off');
  expect(state({ state: 'unavailable', reason: 'noHelper' })).toBe('kernel figures off: no helper');
  expect(state({ state: 'unavailable', reason: 'platform' })).toBe('kernel figures off: not on this platform');
  expect(state({ state: 'partial', reason: 'fault', toAt: 5 })).toBe('kernel figures off: fault');
  expect(state({ state: 'partial', reason: 'kernelTooOld' })).toBe('kernel figures in part');
});
