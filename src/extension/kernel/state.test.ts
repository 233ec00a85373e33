import { expect, test } from 'vitest';
import type { Abilities, Ability } from '../../helper/abilities';
import type { Source } from '../../model/records';
import { newHeader, Store } from '../../model/store/store';
import { kernelState } from './state';

const anchor = { time: '2026-01-01T00:00:00.000000Z', monotonicNs: '0' };
const off = { state: 'off', reason: 'notAsked' } as const;
const noRights = { state: 'unavailable', reason: 'noRights' } as const;
const on = { state: 'on' } as const;

type State = Omit<Source, 'name'>;
function storeOf(inetDiag: State, bpf: State = off, conntrack: State = off, capture: State = off): Store {
  const sources = Object.entries({ inetDiag, bpf, conntrack, capture }).map(([name, s]) => ({ name, ...s }));
  return new Store({ ...newHeader('t', anchor, { name: 'test', version: '1' }), sources });
}
const has: Ability = { state: 'available' };
const denied: Ability = { state: 'needsPermission', why: 'needs cap_bpf' };
const user: Abilities = {
  helper: '/h',
  installed: false,
  root: false,
  figures: has,
  events: denied,
  conntrack: denied,
  packets: denied,
};
const root: Abilities = { ...user, root: true, events: has, conntrack: has, packets: has };

test('a user: figures are on, the rest needs permission, which can be given', () => {
  const lines = ['TCP statistics: on', 'events, conntrack, packets: need permission'];
  expect(kernelState(storeOf(on, noRights, noRights), user)).toEqual({ state: 'basic', lines, enable: true });
  // Before the doctor has answered the packets are just off.
  expect(kernelState(storeOf(on, noRights, noRights))).toEqual({
    state: 'basic',
    lines: ['TCP statistics: on', 'events, conntrack: need permission', 'packets: off'],
  });
});

test('an installed helper: all is on; packets are off until they are asked for', () => {
  const installed = { ...root, root: false, installed: true };
  const lines = ['TCP statistics, events, conntrack: on', 'packets: off'];
  expect(kernelState(storeOf(on, on, on), installed)).toEqual({ state: 'full', lines });
  expect(kernelState(storeOf(on, on, on, on), installed)).toEqual({
    state: 'full',
    lines: ['TCP statistics, events, conntrack, packets: on'],
  });
});

test('root: nothing needs permission, but it was not asked for', () => {
  const lines = ['TCP statistics: on', 'events, conntrack, packets: off'];
  expect(kernelState(storeOf(on), root)).toEqual({ state: 'basic', lines, enable: true });
  expect(kernelState(storeOf(on, on, on), root).enable).toBeUndefined();
});

test('off, and why; what this kernel does not have is not offered', () => {
  expect(kernelState(undefined)).toEqual({ state: 'off', lines: ['TCP statistics, events, conntrack, packets: off'] });
  const missing = (reason: 'noHelper' | 'platform') => ({ state: 'unavailable', reason }) as const;
  expect(kernelState(storeOf(missing('noHelper')))).toEqual({ state: 'off', lines: ['TCP statistics: no helper'] });
  expect(kernelState(storeOf(missing('platform'))).lines).toEqual(['TCP statistics: not on this platform']);
  const fault = { state: 'partial', reason: 'fault', toAt: 5 } as const;
  expect(kernelState(storeOf(fault))).toEqual({
    state: 'fault',
    lines: ['TCP statistics: fault', 'events, conntrack, packets: off'],
  });
  const old = { state: 'unavailable', reason: 'kernelTooOld' } as const;
  const gone = { ...user, events: { state: 'unavailable' } as const, conntrack: has, packets: has };
  expect(kernelState(storeOf({ state: 'partial', reason: 'kernelTooOld' }, old, on), gone)).toEqual({
    state: 'basic',
    lines: ['TCP statistics: on in part', 'events: not on this kernel', 'conntrack: on', 'packets: off'],
  });
});

test('a helper that refused says why, once for all parts', () => {
  const detail = 'The helper ended with code 6: this user runs 32 helpers already; end one of them.';
  const refused = { state: 'unavailable', reason: 'fault', detail } as const;
  expect(kernelState(storeOf(refused, refused, refused), user)).toMatchObject({
    state: 'fault',
    lines: ['TCP statistics, events, conntrack: fault', 'packets: need permission', detail],
  });
});
