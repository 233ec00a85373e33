/**
 * Facts common to every traced run. `problemsOf` returns one sentence for each violated one, so that a test expects
 * `[]` and a failure names all of them at once.
 */

import type { Annotations } from '../../src/model/base/schema';
import { parseLine } from '../../src/model/lines/lines';
import { phasesOf } from '../../src/model/phases/phases';
import { type Request, type Trace, trace as traceSchema } from '../../src/model/records';
import type { ConnectionFact, RequestFact } from './facts';
import type { Ending } from './programs/program';
import type { TracedRun } from './programs/run';

interface Schema extends Annotations {
  properties?: Record<string, Schema>;
  items?: Schema;
}

/** Calls `visit` for every value that a schema describes, depth first. */
function walk(
  schema: Schema,
  value: unknown,
  place: string,
  visit: (s: Schema, v: unknown, place: string) => void,
): void {
  visit(schema, value, place);
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) for (const [i, v] of value.entries()) walk(items, v, `${place}[${i}]`, visit);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, v] of Object.entries(value)) {
      const inner = schema.properties?.[name];
      if (inner) walk(inner, v, place === '' ? name : `${place}.${name}`, visit);
    }
  }
}

/** Ids of each array of the document; the id of a certificate is its fingerprint, threads are inside processes. */
function idsOf(trace: Trace): Map<string, Set<string>> {
  const ids = new Map<string, Set<string>>();
  for (const [name, list] of Object.entries(trace)) {
    if (!Array.isArray(list)) continue;
    const key = name === 'certificates' ? 'fingerprint256' : 'id';
    const own = (list as unknown as Record<string, string | undefined>[]).flatMap((r) => r[key] ?? []);
    if (own.length > 0 || name !== 'losses') ids.set(name, new Set(own));
    if (new Set(own).size !== own.length) ids.set('twice', new Set([name]));
  }
  ids.set('threads', new Set((trace.processes ?? []).flatMap((p) => p.threads.map((t) => t.id))));
  return ids;
}

/** References resolve; no instant, duration or size is negative or no number. */
export function problemsOfDocument(trace: Trace): string[] {
  const problems: string[] = [];
  const ids = idsOf(trace);
  walk(traceSchema as Schema, trace, '', (schema, value, place) => {
    const to = schema['x-ref'];
    if (to !== undefined && to !== 'traceRequests' && typeof value === 'string' && !ids.get(to)?.has(value)) {
      problems.push(`${place}: ${value} is not in ${to}`);
    }
    const figure = schema['x-unit'] !== undefined && typeof value !== 'object';
    if (figure && !(Number.isFinite(value) && (value as number) >= 0)) problems.push(`${place}: ${String(value)}`);
  });
  for (const name of ids.get('twice') ?? []) problems.push(`${name}: two records have this id`);
  return problems;
}

/** Phases of each request are in order, none negative, and sum to its total exactly; the record's own instants ascend. */
function problemsOfPhases(run: TracedRun): string[] {
  const problems: string[] = [];
  for (const r of run.store.requests.values()) {
    const name = `${r.method} ${r.url}`;
    const { phases, total, paused } = phasesOf(r, run.store);
    const sum = phases.reduce((s, p) => s + p.duration + (p.paused ?? 0), 0);
    if (total !== undefined && Math.abs(sum - total - (paused ?? 0)) > 1)
      problems.push(`${name}: phases sum to ${sum}, total ${total}`);
    if (phases.some((p) => p.duration < 0)) problems.push(`${name}: negative phase`);
    if (phases.some((p, i) => p.beginAt < (phases[i - 1]?.beginAt ?? 0))) problems.push(`${name}: phases out of order`);
    const { createdAt, assignedAt, sendBeginAt, responseBeginAt, endAt } = r;
    const instants = [createdAt, assignedAt, sendBeginAt, responseBeginAt, endAt].filter((x) => x !== undefined);
    if (instants.some((x, i) => x < (instants[i - 1] ?? 0)))
      problems.push(`${name}: instants do not ascend: ${instants}`);
    if (r.outcome === undefined) problems.push(`${name}: no outcome`);
    if (r.outcome === 'failed' && r.error?.phase !== phases.at(-1)?.name) {
      problems.push(`${name}: error in ${r.error?.phase}, phases end with ${phases.at(-1)?.name}`);
    }
  }
  return problems;
}

/** Every line on disk is whole, short enough to be written at once, and valid. */
function problemsOfLines(run: TracedRun): string[] {
  return run.lines.flatMap(({ text, whole, file }) => {
    if (!whole) return [`${file}: torn line ${text}`];
    if (Buffer.byteLength(text) > 4095)
      return [`${file}: line of ${Buffer.byteLength(text)} bytes: ${text.slice(0, 80)}`];
    const parsed = parseLine(text);
    if ('error' in parsed) return [`${file}: ${parsed.error}: ${text}`];
    return 'unknown' in parsed ? [`${file}: unknown kind: ${text}`] : [];
  });
}

/** No part of the hook switched itself off, and nothing was lost on the way. */
function problemsOfHook(run: TracedRun): string[] {
  const threads = run.trace.processes.flatMap((p) => p.threads);
  const faults = threads.flatMap((t) => (t.faults ?? []).map((f) => `${t.id}: fault in ${f.part}: ${f.message}`));
  const losses = run.trace.losses.map((l) => `lost ${l.count} ${l.what}: ${l.kind} ${l.reason}`);
  return [...faults, ...losses];
}

/** Problems of a run by itself: lines, references, figures, phases. */
export function problemsOf(run: TracedRun): string[] {
  return [...problemsOfHook(run), ...problemsOfLines(run), ...problemsOfDocument(run.trace), ...problemsOfPhases(run)];
}

/** What a user can see of a program: must not differ by tracing. */
export function visible(e: Ending): Pick<Ending, 'stdout' | 'stderr' | 'code' | 'signal'> {
  const { stdout, stderr, code, signal } = e;
  return { stdout, stderr, code, signal };
}

/**
 * Compares the trace's requests with the server's log: the same requests on the same connections in the same order, and
 * the bytes of each closed connection exactly. Bytes of connections that the process left open are compared by what its
 * requests took, when all of them ended.
 */
export function problemsAgainst(
  run: TracedRun,
  facts: { readonly connections: readonly ConnectionFact[]; readonly requests: readonly RequestFact[] },
): string[] {
  const problems: string[] = [];
  const requests = [...run.store.requests.values()];
  for (const seen of facts.connections) {
    const label = `server's connection ${seen.number}`;
    const c = [...run.store.connections.values()].find(
      (x) => x.local?.port !== undefined && x.local.port === seen.remotePort && x.connect?.result === 'connected',
    );
    // A connection that never carried a request has no line (undici dials again after an abort).
    if (!c && seen.requests === 0) continue;
    if (!c) {
      problems.push(`${label} is not in the trace`);
      continue;
    }
    // A request may name the connection it was given though nothing of it was sent.
    const sent = (r: Request) => (r.sendBeginAt ?? r.responseBeginAt) !== undefined;
    const carried = requests
      .filter((r) => r.connection === c.id && sent(r))
      .sort((a, b) => (a.ordinal ?? 0) - (b.ordinal ?? 0));
    const ours = carried.map((r) => `${r.ordinal} ${r.method} ${r.url?.replace(/^[a-z]+:\/\/[^/]*/, '')}`);
    const theirs = facts.requests
      .filter((r) => r.connection === seen.number)
      .map((r) => `${r.ordinal} ${r.method} ${r.target}`);
    if (ours.join() !== theirs.join()) problems.push(`${label} carried [${theirs}], trace says [${ours}]`);
    if (c.requestCount !== undefined && c.requestCount !== seen.requests) {
      problems.push(`${label} had ${seen.requests} requests, trace says ${c.requestCount}`);
    }
    for (const [name, theirBytes] of [
      ['bytesSent', seen.bytesIn],
      ['bytesReceived', seen.bytesOut],
    ] as const) {
      const own = c[name];
      // What was on its way when the program ended reached only one of the two.
      if (c.closedBy === 'processExit' && own !== undefined) {
        const late = name === 'bytesSent' ? own - theirBytes : theirBytes - own;
        if (late < 0) problems.push(`${label}: ${name} ${own} at the exit, server counted ${theirBytes}`);
        continue;
      }
      if (own !== undefined && own !== theirBytes)
        problems.push(`${label}: ${name} ${own}, server counted ${theirBytes}`);
      if (own === undefined && c.closedBy !== 'processExit' && c.closedAt !== undefined)
        problems.push(`${label}: no ${name}`);
    }
  }
  return problems;
}
