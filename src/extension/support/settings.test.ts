import { beforeEach, expect, test, vi } from 'vitest';
import { notesMode, panelOpens, recording, runsToKeep } from './settings';

const set = vi.hoisted(() => new Map<string, unknown>());
vi.mock('vscode', () => ({ workspace: { getConfiguration: () => ({ get: (id: string) => set.get(id) }) } }));
beforeEach(() => set.clear());

test('nothing set: the defaults', () => {
  expect(recording()).toEqual({ values: {}, problems: [] });
  expect([runsToKeep(), panelOpens(), notesMode()]).toEqual([5, 'onStart', 'afterLine']);
});

test('the settings that the user has set are read', () => {
  const values = {
    headers: 'values',
    callSites: 3,
    bodies: 100,
    excludeHeaders: ['x-a'],
    dnsResolver: true,
    helper: 'none',
    capture: true,
    kernelInterval: 0,
  };
  for (const [name, value] of Object.entries(values)) set.set(`netTrace.${name}`, value);
  set.set('netTrace.runs.keep', 2);
  set.set('netTrace.runs.maxRequests', 500);
  expect(recording()).toEqual({ values: { ...values, maxRequests: 500 }, problems: [] });
  expect(runsToKeep()).toBe(2);
});

test('an invalid value takes no effect, and is named with its setting and the valid values', () => {
  set.set('netTrace.headers', { no: 'sense' });
  set.set('netTrace.runs.maxRequests', -1);
  set.set('netTrace.runs.keep', 1e9);
  set.set('netTrace.panel.open', 'always');
  expect(recording()).toEqual({
    values: {},
    problems: [
      'The setting netTrace.headers: {"no":"sense"} is not valid. Use off, names, lengths or values. Until then its default is used.',
      'The setting netTrace.runs.maxRequests: -1 is not valid. Use a whole number from 1 to 10,000,000. Until then its default is used.',
    ],
  });
  // No bound is lost.
  expect([runsToKeep(), panelOpens()]).toEqual([5, 'onStart']);
});
