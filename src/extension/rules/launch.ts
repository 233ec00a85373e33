/** `traceRules` of a launch configuration: they take the place of the workspace's for that launch. */

import { messageOf } from '../../model/base/text';
import type { NewTraceRule, TraceRules } from '../../model/traceRules';

/** What a configuration says; it may hold anything. Undefined: nothing, the workspace's are in force. */
export function launchRules(
  { traceRules, sample }: { traceRules?: unknown; sample?: unknown },
  Registry: typeof TraceRules,
): TraceRules | undefined {
  if (traceRules === undefined && sample === undefined) return undefined;
  const entries = traceRules === undefined ? [''] : traceRules;
  if (!Array.isArray(entries)) throw new Error('"traceRules" of the launch configuration must be a list.');
  const registry = new Registry();
  for (const [i, entry] of entries.entries()) {
    try {
      const { enabled, ...asked } = entryOf(entry, sample);
      const { id } = registry.create(asked);
      if (enabled) registry.update(id, { enabled });
    } catch (error) {
      const name = traceRules === undefined ? '"sample"' : `"traceRules"[${i}]`;
      throw new Error(`${name} of the launch configuration: ${messageOf(error)}`);
    }
  }
  return registry;
}

const fields = new Set(['condition', 'description', 'limit', 'sample', 'enabled']);

/** Whoever writes one into a configuration wants it: it is enabled unless it says otherwise. */
function entryOf(entry: unknown, sample: unknown): NewTraceRule & { enabled: boolean } {
  if (typeof entry === 'string') return { condition: entry, enabled: true, ...sampleOf(sample) };
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    throw new Error('it must be a condition, or an object with one.');
  const { enabled = true, ...asked } = entry as Record<string, unknown>;
  const unknown = Object.keys(asked).find((name) => !fields.has(name));
  if (unknown !== undefined) throw new Error(`there is no field ${unknown}; there are ${[...fields].join(', ')}.`);
  if (typeof enabled !== 'boolean') throw new Error('enabled must be true or false.');
  return { ...sampleOf(sample), ...(asked as unknown as NewTraceRule), enabled };
}

const sampleOf = (sample: unknown): { sample?: number } => (sample === undefined ? {} : { sample: sample as number });
