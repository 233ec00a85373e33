/** What `nettrace run` is asked to trace. */
import { parseQuery, type Query } from '../../model/query';
import { TraceRuleError, TraceRules } from '../../model/traceRules';
import { UsageError } from '../terminal/say';
import type { RunOptions } from './options';

/** Throws UsageError: a condition is invalid. */
export function rulesOf({ trace, enabled = true, limit, sample }: RunOptions): TraceRules {
  const bounds = { ...(limit !== undefined ? { limit } : {}), ...(sample !== undefined ? { sample } : {}) };
  if (trace.length === 0) return TraceRules.everything({ enabled, ...bounds });
  const registry = new TraceRules();
  for (const condition of trace) {
    expectKey('--trace', condition);
    try {
      const { id } = registry.create({ condition, ...bounds });
      registry.update(id, { enabled });
    } catch (error) {
      if (!(error instanceof TraceRuleError)) throw error;
      throw new UsageError(`--trace '${condition}': ${error.message}`);
    }
  }
  return registry;
}

/**
 * A word without a key is searched for in method and URL. `--trace cart` may mean that, or a typing mistake that leaves a
 * whole run untraced: quotes around the word say that it is meant. Throws UsageError.
 */
export function expectKey(what: string, condition: string): void {
  const { query, words: [first, ...others] = [] } = parseQuery(condition);
  if (query === undefined || first === undefined || terms(query) > 1 + others.length) return;
  const { text } = first;
  const key = text.includes('://') ? `url:${text}*` : text.startsWith('/') ? `path:${text}*` : `url:${text}`;
  const quoted = `"${text.replace(/[\\"]/g, '\\$&')}"`;
  throw new UsageError(
    `${what} '${condition}': "${text}" has no key. Write ${what} '${key}', or, to trace what has the text in method or URL, ${what} '${quoted}'.`,
  );
}

/** A negation leaves most of the run traced. */
const terms = (query: Query): number =>
  query.is === 'term' ? 1 : query.is === 'not' ? Number.POSITIVE_INFINITY : query.of.reduce((n, q) => n + terms(q), 0);
