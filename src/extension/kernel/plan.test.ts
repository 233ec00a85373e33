import { expect, test } from 'vitest';
import type { Abilities, Ability } from '../../helper/abilities';
import { disablePlan, enablePlan, planWithout, type Surroundings } from './plan';

const has: Ability = { state: 'available' };
const denied: Ability = { state: 'needsPermission', why: 'needs cap_net_raw' };
const user: Abilities = {
  helper: '/x y/nettrace-helper',
  installed: false,
  root: false,
  figures: has,
  events: denied,
  conntrack: denied,
  packets: denied,
};
const allowed = { events: has, conntrack: has, packets: has };
const around: Surroundings = {
  bundled: '/x y/nettrace-helper',
  installText: 'Copies this program to /usr/local/libexec/nettrace',
  sudo: true,
  use: 'auto',
  remote: undefined,
};

test('a user: the helper’s own text, the command, run in the terminal', () => {
  const plan = enablePlan(user, around);
  expect(plan.title).toBe('Give the helper permission for events of the kernel, connection tracking and packets?');
  expect(plan.command).toBe("sudo '/x y/nettrace-helper' install");
  expect(plan.detail.startsWith(around.installText)).toBe(true);
  expect(plan.detail.endsWith(plan.command as string)).toBe(true);
  expect(plan.offers).toEqual(['terminal', 'copy']);
});

test('on a remote machine: that it is there', () => {
  expect(enablePlan(user, { ...around, remote: 'box' }).detail).toMatch(/^On box, where the program runs:/);
});

test('without sudo nothing is run, and the command is for root', () => {
  const plan = enablePlan(user, { ...around, sudo: false });
  expect(plan).toMatchObject({ offers: ['copy'], command: "'/x y/nettrace-helper' install" });
  expect(plan.detail).toContain('sudo is not available here');
});

test('installed, but without effect: why, and what to do', () => {
  const advice = 'File capabilities do nothing under no_new_privs.';
  const plan = enablePlan({ ...user, installed: true, advice, conntrack: has, packets: has }, around);
  expect(plan.title).toBe('Give the helper permission for events of the kernel?');
  expect(plan.detail).toContain('It is installed, but still lacks: events of the kernel (needs cap_net_raw).');
  expect(plan.detail).toContain(advice);
});

test('root: nothing is installed; the setting is what is missing', () => {
  const root = { ...user, ...allowed, root: true };
  expect(enablePlan(root, around).offers).toEqual(['useAll']);
  expect(enablePlan(root, around)).not.toHaveProperty('command');
  expect(enablePlan(root, { ...around, use: 'all' }).offers).toEqual([]);
});

test('root of a container without capabilities: installing cannot help', () => {
  const plan = enablePlan({ ...user, root: true }, around);
  expect(plan.offers).toEqual([]);
  expect(plan.detail).toContain('packets: needs cap_net_raw');
});

test('permitted already: what is not on this kernel is said', () => {
  const plan = enablePlan(
    { ...user, ...allowed, installed: true, events: { state: 'unavailable', why: 'no BTF' } },
    around,
  );
  expect(plan).toMatchObject({ title: 'The helper has its permissions.', offers: [] });
  expect(plan.detail).toContain('Not here: events of the kernel: no BTF');
});

test('without a helper the plan says why, and that the rest works', () => {
  const linux = planWithout({ missing: 'noHelper', detail: 'dist/native is not there.' });
  expect(linux.detail).toContain('dist/native is not there.');
  expect(planWithout({ missing: 'platform', detail: 'There is no helper for darwin.' }).title).toContain('Linux only');
  for (const plan of [linux])
    expect(plan).toMatchObject({ offers: [], detail: expect.stringContaining('works without it') });
});

test('removing: by sudo, as root, without sudo, and where nothing is installed', () => {
  expect(disablePlan(true, { root: false, sudo: true }).command).toMatch(
    /^sudo \/usr\/local\/libexec\/nettrace\/[\d.]+\/nettrace-helper uninstall$/,
  );
  expect(disablePlan(true, { root: true, sudo: true }).command).toMatch(/^\/usr/);
  expect(disablePlan(true, { root: false, sudo: false })).toMatchObject({ offers: ['copy'] });
  expect(disablePlan(false, { root: false, sudo: true })).toMatchObject({
    offers: [],
    title: 'No helper is installed.',
  });
});
