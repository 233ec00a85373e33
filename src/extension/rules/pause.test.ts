import { expect, test } from 'vitest';
import { TraceRules } from '../../model/traceRules';
import { isPaused, pause, record } from './pause';

const enabled = (registry: TraceRules) => registry.list().flatMap((r) => (r.enabled ? [r.condition] : []));

test('what was enabled is enabled again, and nothing else', () => {
  const registry = TraceRules.everything({ enabled: false });
  const [a, b] = ['status:>=400', 'path:/a'].map((condition) => registry.create({ condition }));
  registry.create({ condition: 'path:/b' });
  for (const rule of [a, b]) registry.update(rule?.id as string, { enabled: true });
  pause(registry);
  expect([enabled(registry), isPaused(registry)]).toEqual([[], true]);
  pause(registry);
  record(registry);
  expect([enabled(registry), isPaused(registry)]).toEqual([['status:>=400', 'path:/a'], false]);
});

test('a rule that was deleted or enabled meanwhile', () => {
  const registry = TraceRules.everything({ enabled: false });
  const { id } = registry.create({ condition: 'path:/a' });
  registry.update(id, { enabled: true });
  pause(registry);
  registry.delete(id);
  record(registry);
  expect(enabled(registry)).toEqual(['']);
  pause(registry);
  const other = registry.create({ condition: 'path:/b' });
  registry.update(other.id, { enabled: true });
  expect(isPaused(registry)).toBe(false);
  record(registry);
  expect(enabled(registry)).toEqual(['path:/b']);
});
