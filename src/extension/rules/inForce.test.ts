import { describe, expect, test } from 'vitest';
import { newHeader, Store } from '../../model/store/store';
import { tracedOf } from '../../model/store/traced';
import { TraceRules } from '../../model/traceRules';
import { deleteOne, traceAll, tracingOf } from './inForce';

const conditions = (registry: TraceRules) => tracingOf(registry.list(), undefined)?.conditions;
const enabled = (registry: TraceRules) => registry.list().flatMap((r) => (r.enabled ? [r.condition] : []));

function only(condition: string, more: object = {}) {
  const registry = TraceRules.everything({ enabled: false });
  const { id } = registry.create({ condition, ...more });
  registry.update(id, { enabled: true });
  return { registry, id };
}

function run(counts: Partial<Store['counts']>, registry?: TraceRules): Store {
  const anchor = { time: '2026-11-22T10:00:00Z', monotonicNs: '0' };
  const store = new Store(newHeader('t', anchor, { name: 'test', version: '1' } as never), 100);
  Object.assign(store.counts, counts);
  if (registry) store.header = { ...store.header, traceRequests: [...registry.list()] };
  return store;
}

describe('what is traced, when it is not everything', () => {
  test('is nothing to speak of while every request is traced', () => {
    expect(conditions(TraceRules.everything())).toBeUndefined();
    const { registry } = only('status:>=400');
    traceAll(registry);
    expect(conditions(registry)).toBeUndefined();
  });

  test('is the enabled conditions, with what bounds them', () => {
    expect(conditions(only('status:>=400').registry)).toEqual(['status:>=400']);
    expect(conditions(only('path:/a/*', { limit: 3, owner: 'a.b' }).registry)).toEqual([
      'path:/a/* (the first 3 of each process, by a.b)',
    ]);
    expect(conditions(TraceRules.everything({ sample: 10 }))).toEqual(['All requests (1 in 10)']);
    expect(conditions(TraceRules.everything({ enabled: false }))).toEqual([]);
  });

  test('has the counts of the newest run, once one was left out', () => {
    const { registry } = only('status:>=400');
    expect(tracingOf(registry.list(), run({ requests: 12, untraced: 328 }))).toMatchObject({ traced: 12, made: 340 });
    expect(tracingOf(registry.list(), run({ requests: 12 }))).not.toHaveProperty('made');
  });
});

describe('how much of a run was traced', () => {
  test('all, some by a condition, or none', () => {
    expect(tracedOf(run({ requests: 0 }, TraceRules.everything()))).toBeUndefined();
    expect(tracedOf(run({ requests: 0 }))).toBeUndefined();
    expect(tracedOf(run({ requests: 0, untraced: 4 }, only('status:>=400').registry))).toBe('some');
    expect(tracedOf(run({ requests: 0 }, TraceRules.everything({ enabled: false })))).toBe('none');
  });
});

describe('deleting a trace rule', () => {
  test('the last enabled one: everything is traced again, and never nothing in between', () => {
    const { registry, id } = only('status:>=400');
    const seen: number[] = [];
    registry.onChange(() => seen.push(enabled(registry).length));
    expect(deleteOne(registry, id)).toBe(true);
    expect(enabled(registry)).toEqual(['']);
    expect(Math.min(...seen)).toBe(1);
  });

  test('one of several, or one that was off, changes nothing else', () => {
    const { registry, id } = only('status:>=400');
    const other = registry.create({ condition: 'path:/x' });
    expect(deleteOne(registry, other.id)).toBe(false);
    expect(enabled(registry)).toEqual(['status:>=400']);
    registry.update(id, { enabled: false });
    expect(deleteOne(registry, id)).toBe(false);
    expect(enabled(registry)).toEqual([]);
  });

  test('from a launch configuration, which has none for everything: one is made', () => {
    const registry = new TraceRules();
    const { id } = registry.create({ condition: 'path:/x' });
    registry.update(id, { enabled: true });
    expect(deleteOne(registry, id)).toBe(true);
    expect(enabled(registry)).toEqual(['']);
  });
});
