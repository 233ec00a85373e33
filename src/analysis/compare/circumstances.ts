/** What else differs between two sets of runs, and what bounds their comparison: said before any difference. */
import { plural } from '../../model/base/text';
import { compareLimits } from '../base/limits';
import type { Listed, Run } from './groups';

export function notesOf(before: readonly Listed[], after: readonly Listed[]): string[] {
  const all = [...before, ...after];
  return [
    ...differing('Node.js', before, after, nodeOf),
    ...differing('machine', before, after, machineOf),
    ...differing('what measured', before, after, sourcesOf),
    ...loadNote(before, after),
    ...all.flatMap((run) => incomplete(run)),
    ...runsNote(before.length, after.length),
  ];
}

function differing(what: string, before: readonly Run[], after: readonly Run[], of: (run: Run) => string): string[] {
  const words = (runs: readonly Run[]): string => [...new Set(runs.map(of))].sort().join(' and ') || 'not known';
  const [was, is] = [words(before), words(after)];
  return was === is ? [] : [`The sides differ in ${what}: ${was} before, ${is} after.`];
}

const nodeOf = ({ store }: Run): string =>
  [...new Set([...store.processes.values()].flatMap(({ runtime }) => runtime?.version ?? []))].sort().join(', ');

function machineOf({ store }: Run): string {
  const { os, arch, kernel, name } = store.header.host ?? {};
  return [name, os, arch, kernel].filter((word) => word !== undefined).join(' ');
}

const measuring = new Set(['inetDiag', 'bpf', 'conntrack', 'capture']);
const sourcesOf = ({ store }: Run): string =>
  store.header.sources
    .filter(({ name, state }) => measuring.has(name) && state === 'on')
    .map(({ name }) => name)
    .sort()
    .join(', ') || 'the hook alone';

/** Requests in progress at once: a load that doubles makes everything slower. */
function loadNote(before: readonly Listed[], after: readonly Listed[]): string[] {
  const peak = (runs: readonly Listed[]): number => Math.max(0, ...runs.map(maxAtOnce));
  const [was, is] = [peak(before), peak(after)];
  if (Math.abs(is - was) <= compareLimits.load * was || Math.max(was, is) < 4) return [];
  return [`The load differs: up to ${was} requests at once before, ${is} after.`];
}

function maxAtOnce({ requests }: Listed): number {
  const steps = requests.flatMap(({ createdAt, endAt }) =>
    createdAt === undefined ? [] : [[createdAt, 1] as const, [endAt ?? Number.POSITIVE_INFINITY, -1] as const],
  );
  steps.sort(([a, x], [b, y]) => a - b || x - y);
  let now = 0;
  let max = 0;
  for (const [, step] of steps) {
    now += step;
    max = Math.max(max, now);
  }
  return max;
}

function incomplete({ name, store }: Run): string[] {
  const { evictedRequests, counted = 0, untraced = 0 } = store.counts;
  const notes = [];
  if (evictedRequests > 0) notes.push(`${plural(evictedRequests, 'request')} of it were not kept`);
  if (counted > 0) notes.push(`${plural(counted, 'request')} were counted without a record, as it was sampled`);
  if (untraced > 0) notes.push(`${plural(untraced, 'request')} matched no trace rule`);
  if (store.losses.length > 0) notes.push('events of it were lost');
  if (store.header.state === 'running') notes.push('it was still running');
  return notes.length === 0 ? [] : [`${name} is not complete: ${notes.join('; ')}. Counts are of what it has.`];
}

function runsNote(before: number, after: number): string[] {
  const { runs } = compareLimits.ofRuns;
  if (before === 1 && after === 1) {
    return [`One run each: times differ "in these two traces"; ${runs} runs on each side tell more.`];
  }
  const few = Math.min(before, after);
  return few < runs
    ? [`${plural(few, 'run')} on one side: too few to call anything slower; it takes ${runs} on each.`]
    : [];
}
