/**
 * Network breakpoints as exception filters of the debug adapter, so that VS Code's own Breakpoints view shows them,
 * each with a check box and a condition. The view keeps both itself and reports all of them at each change. The list
 * can be changed elsewhere too, so only what differs from the view's previous report is applied.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { defaultThresholdMs, listName, type NetworkBreakpoint } from '../../model/lines/breakpoints';
import { type BreakpointChange, type BreakpointList, type ListedBreakpoint, problemOf, type Seen } from './list';

const prefix = 'netTrace.';

const descriptions: Readonly<Record<NetworkBreakpoint['kind'], string>> = {
  requestStarts: 'Stops at the call that makes a request, before anything is sent.',
  responseArrives: 'Stops when the head of a response arrives.',
  requestFails: 'Stops when a request ends with an error or times out.',
  status400: 'Stops when a response has status 400 or above.',
  status500: 'Stops when a response has status 500 or above.',
  slowerThan: 'Stops when a request takes longer than a second, or than the time at the start of its condition.',
  firstHost: 'Stops at the call that makes the first request to a host.',
  bodyNotRead:
    'Stops when the body of a response was never read: at the end of the program, or when the response is discarded.',
};

export function filtersOf(list: BreakpointList): DebugProtocol.ExceptionBreakpointsFilter[] {
  return list.all().map((b) => ({
    filter: prefix + b.id,
    label: `Network: ${listName(b)}`,
    description: descriptions[b.kind],
    default: b.enabled,
    supportsCondition: true,
    conditionDescription:
      b.kind === 'slowerThan' ? 'Time and query, e.g. 500ms path:/api/*' : 'Query, e.g. status:>=500 path:/api/*',
  }));
}

const timeForm = /^\s*(?:>\s*)?(\d+(?:\.\d+)?)\s*(ms|s|m)(?=\s|$)/;
const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** Parses a condition of the view: for "slow request" a time may precede the query. */
export function readCondition(kind: NetworkBreakpoint['kind'], text: string): BreakpointChange {
  const m = kind === 'slowerThan' ? timeForm.exec(text) : null;
  const query = (m ? text.slice(m[0].length) : text).trim();
  const thresholdMs = m ? Number(m[1]) * (units[m[2] as string] as number) : undefined;
  return { condition: query === '' ? undefined : query, ...(kind === 'slowerThan' ? { thresholdMs } : {}) };
}

export function writeCondition({ kind, condition = '', thresholdMs }: NetworkBreakpoint): string {
  const time = kind === 'slowerThan' && thresholdMs !== undefined && thresholdMs !== defaultThresholdMs;
  return time ? `${thresholdMs}ms ${condition}`.trim() : condition;
}

/** Where ours stood in a request, so that its answer can be given for all. */
export interface TakenOut {
  /** Answers to ours, by their place among all. */
  ours: Map<number, DebugProtocol.Breakpoint>;
  /** How many there were. */
  all: number;
}

/** Takes ours out of the request, in place, and takes over what the view changed. `offered`: ids that this session has. */
export function takeOut(
  args: DebugProtocol.SetExceptionBreakpointsArguments,
  list: BreakpointList,
  offered: ReadonlySet<string>,
): TakenOut {
  const asked = [
    ...(args.filters ?? []).map((filterId) => ({ filterId, condition: '' })),
    ...(args.filterOptions ?? []).map(({ filterId, condition = '' }) => ({ filterId, condition })),
  ];
  const on = new Map<string, string>();
  const places = new Map<number, string>();
  for (const [place, { filterId, condition }] of asked.entries()) {
    if (!filterId.startsWith(prefix)) continue;
    const id = filterId.slice(prefix.length);
    on.set(id, condition.trim());
    places.set(place, id);
  }
  for (const b of list.all())
    if (offered.has(b.id)) takeOver(list, b, { enabled: on.has(b.id), condition: on.get(b.id) ?? '' });
  args.filters = (args.filters ?? []).filter((f) => !f.startsWith(prefix));
  if (args.filterOptions) args.filterOptions = args.filterOptions.filter((o) => !o.filterId.startsWith(prefix));
  const ours = new Map([...places].map(([place, id]) => [place, verdictOf(list.get(id), on.get(id) ?? '')]));
  return { ours, all: asked.length };
}

/** What the view says of one, if it says something new. A condition that is invalid switches it off. */
function takeOver(list: BreakpointList, b: ListedBreakpoint, said: Seen): void {
  const known = list.seen(b.id);
  const seen = known ?? { enabled: b.enabled, condition: writeCondition(b) };
  // The view does not report the condition of one that is off.
  const now = { enabled: said.enabled, condition: said.enabled ? said.condition : seen.condition };
  const isNews = seen.enabled !== now.enabled || seen.condition !== now.condition;
  if (!known || isNews) list.setSeen(b.id, now);
  if (!isNews) return;
  try {
    if (now.enabled) list.change(b.id, readCondition(b.kind, now.condition));
    list.setEnabled(b.id, now.enabled);
  } catch {
    // Said in the answer.
    list.setEnabled(b.id, false);
  }
}

function verdictOf(b: ListedBreakpoint | undefined, condition: string): DebugProtocol.Breakpoint {
  if (!b) return { verified: false, message: 'This network breakpoint was removed.' };
  const { enabled, condition: _, thresholdMs: __, ...rest } = b;
  const said = { ...rest, ...readCondition(b.kind, condition) } as NetworkBreakpoint;
  const problem = problemOf(said);
  if (problem) return { verified: false, message: problem.message };
  if (!enabled) return { verified: false, message: 'Disabled in the Network Breakpoints view.' };
  if (writeCondition(b) === writeCondition(said)) return { verified: true };
  // It stops; but only of what is not verified the view shows the message.
  return {
    verified: false,
    message: `Stops as changed in the view Network Breakpoints: ${writeCondition(b) || 'no condition'}`,
  };
}

/** Puts the answers to ours among the adapter's, in place. */
export function putBack(response: DebugProtocol.SetExceptionBreakpointsResponse, { ours, all }: TakenOut): void {
  if (ours.size === 0) return;
  const theirs = response.body?.breakpoints ?? [];
  const breakpoints: DebugProtocol.Breakpoint[] = [];
  for (let place = 0, next = 0; place < all; place++)
    breakpoints.push(ours.get(place) ?? theirs[next++] ?? { verified: true });
  response.body = { ...response.body, breakpoints };
}
