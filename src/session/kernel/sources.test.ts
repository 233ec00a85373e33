import { expect, test } from 'vitest';
import { newHeader, Store } from '../../model/store/store';
import { type Asking, featuresFor, setSources, sourcesEnded, sourcesUnavailable } from './sources';

const user: Asking = { use: 'auto', installed: false, root: false, conntrack: false };
const free = ['inetDiag', 'tcpDestroy', 'route', 'counters', 'listeners'];

test('auto asks for what needs permission where it was permitted for good; root has to say so', () => {
  const all = featuresFor({ ...user, use: 'all' });
  expect(all).toEqual(expect.arrayContaining([...free, 'conntrack', 'drops', 'icmp']));
  expect(featuresFor({ ...user, installed: true })).toEqual(all);
  // A user without the installed one may have it by other ways; what is refused costs nothing and says why.
  expect(featuresFor(user)).toEqual(all);
  expect(featuresFor({ ...user, root: true })).toEqual(free);
  // A probe of user space is root's alone.
  expect(all).not.toContain('lookups');
  const roots = featuresFor({ ...user, root: true, installed: true });
  expect(roots.filter((f) => f !== 'lookups')).toEqual(all);
  expect(roots).toContain('lookups');
  expect(featuresFor({ ...user, root: true, use: 'all' })).toEqual(roots);
  expect(featuresFor({ ...user, use: 'basic', installed: true })).toEqual(free);
  expect(featuresFor({ ...user, root: true, conntrack: true })).toEqual([...free, 'conntrack']);
});

const store = () => {
  const names = ['hook', 'inetDiag', 'bpf', 'conntrack', 'procfs', 'netlink'] as const;
  const sources = names.map((name) => ({ name, state: 'off', reason: 'notAsked' }) as const);
  const anchor = { time: '2026-01-01T00:00:00.000000Z', monotonicNs: '0' };
  return new Store({ ...newHeader('t', anchor, { name: 'test', version: '1' }), sources });
};
const there = (name: string) => ({ name, tier: 0, state: 'available' as const });
const denied = (name: string, errno: number, reason: string) => ({
  name,
  tier: 3,
  state: 'unavailable' as const,
  errno,
  reason,
});
const said = (s: Store, name: string) => s.header.sources.find((x) => x.name === name);

test('a source is on, in part, or not there, with why; what was not asked for stays as it is', () => {
  const s = store();
  setSources(
    s,
    ['inetDiag', 'tcpDestroy', 'route', 'states', 'drops', 'conntrack'],
    [
      there('inetDiag'),
      denied('tcpDestroy', 38, 'not on this kernel'),
      there('route'),
      denied('states', 1, 'needs cap_bpf'),
      denied('drops', 1, 'needs cap_bpf'),
    ],
  );
  expect(said(s, 'inetDiag')).toMatchObject({ state: 'partial', reason: 'kernelTooOld', features: ['inetDiag'] });
  expect(said(s, 'netlink')).toMatchObject({ state: 'on', features: ['route'] });
  expect(said(s, 'bpf')).toMatchObject({
    state: 'unavailable',
    reason: 'noRights',
    detail: 'states, drops: needs cap_bpf',
  });
  // A helper of another version may never have heard of it.
  expect(said(s, 'conntrack')).toMatchObject({ state: 'unavailable', reason: 'fault' });
  expect(said(s, 'procfs')).toMatchObject({ state: 'off', reason: 'notAsked' });
});

test('without a helper all requested sources have the same reason; after its end they keep their records', () => {
  const s = store();
  sourcesUnavailable(s, ['inetDiag', 'route'], 'noHelper', 'it is not there');
  expect(['inetDiag', 'netlink'].map((n) => said(s, n)?.reason)).toEqual(['noHelper', 'noHelper']);
  expect(said(s, 'bpf')?.state).toBe('off');
  setSources(s, ['inetDiag', 'tcpDestroy'], [there('inetDiag'), there('tcpDestroy')]);
  sourcesEnded(s, ['inetDiag', 'route'], 'it was killed', 7);
  expect(said(s, 'inetDiag')).toMatchObject({
    state: 'partial',
    reason: 'fault',
    toAt: 7,
    features: ['inetDiag', 'tcpDestroy'],
  });
  expect(said(s, 'netlink')).toMatchObject({ state: 'unavailable', reason: 'noHelper' });
});
