/** `show --query`: the requests of a trace that pass, and what belongs to them. */
import { compileQuery, type FreeWord, hintsFor, parseQuery, type Query } from '../../model/query';
import { rowFields } from '../../model/query/rowFields';
import type { Trace } from '../../model/records';
import type { Row } from '../../model/rows/row';
import { UsageError } from '../base/usageError';

export interface Asked {
  query: Query;
  words: readonly FreeWord[];
}

/** The query of an option. Throws UsageError: what is wrong, with the place marked below the text. */
export function queryOf(text: string, option = '--query'): Asked {
  const { query, words, error } = parseQuery(text);
  if (query) return { query, words };
  const marks = `${' '.repeat(error.column - 1)}${'^'.repeat(Math.max(1, error.length))}`;
  // A mark below a text of several lines, or of a screen's width, would point elsewhere.
  const below = text.length > 100 || /[\p{Cc}]/u.test(text) ? '' : `\n  ${text}\n  ${marks}`;
  throw new UsageError(`${option}: ${error.message}${below}`);
}

/** Why nothing matched, as far as the rows show it. */
export const hints = (rows: readonly Row[], { query, words }: Asked): string[] =>
  hintsFor(query, words, rows, rowFields);

export function matching(rows: readonly Row[], { query }: Asked): readonly Row[] {
  const passes = compileQuery(query, rowFields);
  return rows.filter((row) => passes(row) === true);
}

/** A trace with these requests only, and the dials, lookups and connections that they use. */
export function traceOf(trace: Trace, rows: readonly Row[]): Trace {
  const ids = new Set(rows.map((row) => row.id));
  const requests = trace.requests.filter((r) => ids.has(r.id));
  const carried = new Set(requests.flatMap((r) => [r.connection, ...(r.priorSends ?? []).map((p) => p.connection)]));
  const waited = new Set(requests.map((r) => r.dial));
  const dialled = trace.connections.filter((c) => carried.has(c.id)).map((c) => c.dial);
  const dials = trace.dials.filter((d) => waited.has(d.id) || dialled.includes(d.id));
  const of = new Set(dials.map((d) => d.id));
  const asked = new Set(dials.map((d) => d.lookup));
  const connections = trace.connections.filter((c) => carried.has(c.id) || (c.dial !== undefined && of.has(c.dial)));
  const kept = new Set(connections.map((c) => c.id));
  return {
    ...trace,
    requests,
    dials,
    connections,
    lookups: trace.lookups.filter((l) => asked.has(l.id)),
    tlsTunnels: trace.tlsTunnels.filter((t) => t.connection !== undefined && kept.has(t.connection)),
    ...(trace.kernelEvents
      ? { kernelEvents: trace.kernelEvents.filter((e) => e.connection !== undefined && kept.has(e.connection)) }
      : {}),
  };
}
