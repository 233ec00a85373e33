/** Recording paused and gone on with: the rules that were enabled are those that are enabled again. */
import type { TraceRules } from '../../model/traceRules';
import { traceAll } from './inForce';

/** Ids of what was enabled; forgotten with the window, whose rules then are as they were left. */
const pausedRules = new WeakMap<TraceRules, readonly string[]>();

const enabledIn = (registry: TraceRules): string[] => registry.list().flatMap((r) => (r.enabled ? [r.id] : []));

export const isPaused = (registry: TraceRules): boolean =>
  pausedRules.has(registry) && enabledIn(registry).length === 0;

export function pause(registry: TraceRules): void {
  const ids = enabledIn(registry);
  if (ids.length === 0) return;
  pausedRules.set(registry, ids);
  for (const id of ids) registry.update(id, { enabled: false });
}

/** Without anything to go on with, all requests are recorded. */
export function record(registry: TraceRules): void {
  const ids = pausedRules.get(registry)?.filter((id) => registry.get(id) !== undefined) ?? [];
  pausedRules.delete(registry);
  if (enabledIn(registry).length > 0) return;
  if (ids.length === 0) traceAll(registry);
  for (const id of ids) registry.update(id, { enabled: true });
}
