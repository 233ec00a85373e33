/**
 * Network breakpoints: what there is, and the pure parts of them that the traced program and the host share. Imports
 * nothing, so that the hook can bundle it.
 */

export const breakpointKinds = [
  'requestStarts',
  'responseArrives',
  'requestFails',
  'status400',
  'status500',
  'slowerThan',
  'firstHost',
  'bodyNotRead',
] as const;
export type BreakpointKind = (typeof breakpointKinds)[number];

/** A network breakpoint as the traced program reads it. */
export interface NetworkBreakpoint {
  id: string;
  kind: BreakpointKind;
  /** Query over the request; absent: each. */
  condition?: string;
  /** As in a debugger: `5` the fifth only, `>=3` from the third on, `%2` every second; absent: each. */
  hitCondition?: string;
  /** Written to the Debug Console instead of stopping; `{url}` and the like are replaced. */
  logMessage?: string;
  /** Of `slowerThan`, ms; absent: 1000. */
  thresholdMs?: number;
  /** Only requests made at this line (from 1), in the file that ran or in its source. */
  callSite?: { file: string; line: number };
}

export const defaultThresholdMs = 1000;
/** Most network breakpoints, and characters of one text of them. */
export const maxBreakpoints = 128;
const longestText = 4096;

const names: Readonly<Record<BreakpointKind, string>> = {
  requestStarts: 'request starts',
  responseArrives: 'response arrives',
  requestFails: 'request fails',
  status400: 'status ≥ 400',
  status500: 'status ≥ 500',
  slowerThan: 'slow request',
  firstHost: 'first time a host is seen',
  bodyNotRead: 'body not read',
};

/** `status ≥ 500`, `slow request (> 1.5 s)`, `request fails at shop.ts:12`. */
export function titleOf(b: Pick<NetworkBreakpoint, 'kind' | 'thresholdMs' | 'callSite'>): string {
  const name = names[b.kind];
  const isOwn = b.kind === 'slowerThan' && b.thresholdMs !== undefined && b.thresholdMs !== defaultThresholdMs;
  const threshold = isOwn ? ` (${thresholdText(b)})` : '';
  const at = b.callSite ? ` at ${b.callSite.file.replace(/^.*[\\/]/, '')}:${b.callSite.line}` : '';
  return `${name}${threshold}${at}`;
}

/** `> 1.5 s`: of `slowerThan`. */
export const thresholdText = ({ thresholdMs = defaultThresholdMs }: Pick<NetworkBreakpoint, 'thresholdMs'>): string =>
  `> ${durationText(thresholdMs)}`;

/**
 * The name in every list. The plain ones (their id is their kind) have one that never changes: VS Code takes a filter with
 * another label for another one.
 */
export const listName = (b: NetworkBreakpoint): string => titleOf(b.id === b.kind ? { kind: b.kind } : b);

const durationText = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`);

/** It stops when the request is made, with the program's call on the stack; the others stop when it is answered or over. */
export const isEarly = (kind: BreakpointKind): boolean => kind === 'requestStarts' || kind === 'firstHost';

const hitForm = /^\s*(?:(>=|<=|={1,3}|>|<|%)\s*)?(\d{1,9})\s*$/;

/** Whether hit number `n` (from 1) counts. Undefined: the text is no hit condition. */
export function hitTest(text: string): ((n: number) => boolean) | undefined {
  const m = hitForm.exec(text);
  if (!m) return undefined;
  const value = Number(m[2]);
  switch (m[1]) {
    case '>=':
      return (n) => n >= value;
    case '<=':
      return (n) => n <= value;
    case '>':
      return (n) => n > value;
    case '<':
      return (n) => n < value;
    case '%':
      return value === 0 ? undefined : (n) => n % value === 0;
    default:
      return (n) => n === value;
  }
}

/** Placeholders of a log message; one whose value is not known is left out of the message. */
export const logPlaces = [
  'method',
  'url',
  'host',
  'path',
  'api',
  'status',
  'statusText',
  'duration',
  'outcome',
  'error',
  'phase',
  'contentType',
  'callSite',
  'function',
  'breakpoint',
  'hits',
  'pid',
] as const;
export type LogPlace = (typeof logPlaces)[number];

const placeForm = /\{(\w+)\}/g;
const isPlace = (name: string): name is LogPlace => (logPlaces as readonly string[]).includes(name);

/** The message with its places filled in; what is not known is `–`. */
export const fillPlaces = (message: string, value: (place: LogPlace) => string | undefined): string =>
  message.replace(placeForm, (whole, name: string) => (isPlace(name) ? (value(name) ?? '–') : whole));

/** The first place that there is not, with its column (from 1). */
export function unknownPlace(message: string): { name: string; column: number } | undefined {
  for (const m of message.matchAll(placeForm)) {
    if (!isPlace(m[1] as string)) return { name: m[1] as string, column: m.index + 1 };
  }
  return undefined;
}

const textOr = (v: unknown): v is string | undefined =>
  v === undefined || (typeof v === 'string' && v.length <= longestText);

/** The value if it is a network breakpoint, else undefined; it may be anything. Queries are not parsed. */
export function asBreakpoint(value: unknown): NetworkBreakpoint | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, kind, condition, hitCondition, logMessage, thresholdMs, callSite } = value as Record<string, unknown>;
  if (typeof id !== 'string' || id === '' || id.length > 128) return undefined;
  if (!(breakpointKinds as readonly unknown[]).includes(kind)) return undefined;
  if (!textOr(condition) || !textOr(hitCondition) || !textOr(logMessage)) return undefined;
  if (hitCondition !== undefined && hitTest(hitCondition) === undefined) return undefined;
  if (thresholdMs !== undefined && !isThreshold(thresholdMs)) return undefined;
  const place = callSite === undefined ? undefined : asPlace(callSite);
  if (callSite !== undefined && place === undefined) return undefined;
  return {
    id,
    kind: kind as BreakpointKind,
    ...(condition === undefined ? {} : { condition }),
    ...(hitCondition === undefined ? {} : { hitCondition }),
    ...(logMessage === undefined ? {} : { logMessage }),
    ...(thresholdMs === undefined ? {} : { thresholdMs }),
    ...(place === undefined ? {} : { callSite: place }),
  };
}

/** ms: what a timer can wait for. */
export const isThreshold = (v: unknown): v is number => typeof v === 'number' && v >= 0 && v < 2 ** 31;

function asPlace(value: unknown): { file: string; line: number } | undefined {
  const { file, line } = (value ?? {}) as { file?: unknown; line?: unknown };
  if (typeof file !== 'string' || file === '' || file.length > longestText) return undefined;
  return Number.isInteger(line) && (line as number) > 0 ? { file, line: line as number } : undefined;
}
