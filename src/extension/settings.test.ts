import { beforeEach, expect, it, vi } from 'vitest';
import { recording, requestsToKeep, runsToKeep } from './settings';

const set = vi.hoisted(() => new Map<string, unknown>());
vi.mock('vscode', () => ({
  workspace: {
    getConfiguration: () => ({ get: (id: string, otherwise: unknown) => (set.has(id) ? set.get(id) : otherwise) }),
  },
}));
beforeEach(() => set.clear());

const usual = {
  headers: 'off',
  callSites: 'all',
  bodies: 0,
  sockets: false,
  resolver: false,
  incoming: false,
  stacks: false,
  helper: 'auto',
  helperOptions: { enableConntrack: false },
  capture: undefined,
  keys: false,
};

it('nothing set: the defaults', () => {
  expect(recording()).toEqual(usual);
  expect([runsToKeep(), requestsToKeep()]).toEqual([5, 20_000]);
});

it('what is set', () => {
  for (const [name, value] of Object.entries({
    headers: 'values',
    callSites: 3,
    bodies: 100,
    dnsResolver: true,
    helper: 'none',
    capture: true,
    kernelInterval: 0,
    'runs.keep': 2,
    'runs.maxRequests': 500,
  }))
    set.set(`netTrace.${name}`, value);
  expect(recording()).toEqual({
    ...usual,
    ...{ headers: 'values', callSites: 3, bodies: 100, resolver: true, helper: 'none', capture: {}, keys: true },
    helperOptions: { enableConntrack: false, intervalMs: 0 },
  });
  expect([runsToKeep(), requestsToKeep()]).toEqual([2, 500]);
});

it('what makes no sense takes no effect, and no bound is lost', () => {
  for (const name of Object.keys(usual)) set.set(`netTrace.${name}`, { no: 'sense' });
  for (const name of ['kernelInterval', 'kernelModulus', 'enableConntrack', 'dnsResolver', 'runs.keep'])
    set.set(`netTrace.${name}`, 'many');
  set.set('netTrace.runs.maxRequests', -1);
  set.set('netTrace.capture', 'yes');
  expect(recording()).toEqual({ helper: 'auto' });
  expect([runsToKeep(), requestsToKeep()]).toEqual([5, 20_000]);
  set.set('netTrace.runs.keep', 1e9);
  expect(runsToKeep()).toBe(50);
});
