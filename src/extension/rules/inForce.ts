/** What is traced now, when it is not every request: for the line in the panel that says so; and the way back. */
import type { Tracing } from '../../model/panel/protocol';
import type { TraceRule } from '../../model/records';
import type { Store } from '../../model/store/store';
import { tracesAll } from '../../model/store/traced';
import type { TraceRules } from '../../model/traceRules';
import { titleOf } from './words';

/** `run`: the newest one. Undefined: every request is traced, there is nothing to say. */
export function tracingOf(list: readonly TraceRule[], run: Store | undefined, isPaused = false): Tracing | undefined {
  if (list.some(tracesAll)) return undefined;
  const conditions = list.filter((r) => r.enabled).map(conditionText);
  const { requests = 0, untraced = 0 } = run?.counts ?? {};
  const paused = isPaused ? { paused: true as const } : {};
  return { conditions, ...paused, ...(untraced > 0 ? { traced: requests, made: requests + untraced } : {}) };
}

function conditionText(r: TraceRule): string {
  const more: string[] = [];
  if (r.limit !== undefined) more.push(`the first ${r.limit} of each process`);
  if (r.sample !== undefined && r.sample > 1) more.push(`1 in ${r.sample}`);
  if (r.owner !== undefined) more.push(`by ${r.owner}`);
  return `${titleOf(r)}${more.length > 0 ? ` (${more.join(', ')})` : ''}`;
}

/** Every request is traced from now on, besides what is asked for already. */
export function traceAll(registry: TraceRules): void {
  const plain = (r: TraceRule) => tracesAll({ ...r, enabled: true });
  const { id } = registry.list().find(plain) ?? registry.create({ description: 'All requests', condition: '' });
  registry.update(id, { enabled: true });
}

/** True if all requests are traced again for it: the last one that was enabled must not leave tracing off unsaid. */
export function deleteOne(registry: TraceRules, id: string): boolean {
  const wasLast = registry.list().every((r) => r.enabled !== true || r.id === id) && registry.get(id)?.enabled === true;
  // First on, then off, so that the program is not left alone in between.
  if (wasLast) traceAll(registry);
  registry.delete(id);
  return wasLast;
}
