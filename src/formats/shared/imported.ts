/**
 * What the readers of other programs' files share. Ids keep the file's own with `i-` in front (a writer takes it off
 * again), every record says `by: import`, and what a format has no word for is absent; where a phase cannot be determined for
 * that reason, the record's `missing` says `notInFormat`.
 */
import { createHash } from 'node:crypto';
import { sorted } from '../../model/base/canonical';
import { isEstablished } from '../../model/facts/connection';
import { hasFailed } from '../../model/facts/outcome';
import type { Certificate, Connection, Dial, Lookup, Process, Request, TlsTunnel, Trace } from '../../model/records';
import { formatVersion } from '../../model/records';
import { lowered } from './lower';
import { byInstant } from './order';
import { nanosecondsOf } from './time';

const prefix = 'i-';

/** The id of an imported record: a second import of what a writer wrote gives the same. */
export const importedId = (id: string): string => (id.startsWith(prefix) ? id : prefix + id);

/** The id as it stood in the file; ids of our own traces stay. */
export const originalId = (id: string): string => (id.startsWith(prefix) ? id.slice(prefix.length) : id);

export const byImport = { '*': 'import' } as const;

/** Thread of requests whose format knows none. */
export const noThread = 'import';

/** Whether a trace was read from another program's file. */
export const isImported = (doc: Pick<Trace, 'sources'>): boolean =>
  doc.sources.some((s) => s.name === 'import' && s.state === 'on');

/** Whether a record is from another program's file: its references are kept, also those to missing records. */
export const isRead = (record: { by?: Record<string, string> }): boolean => record.by?.['*'] === 'import';

/** A UUID that is the same whenever the same text is read, for files that name none. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = '89ab'[Number.parseInt(hex[16] as string, 16) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Instants beyond this (µs; 30 years) are none: they come from broken figures. */
const maxUs = 1e15;

/** The instant (µs since the trace began, 3 decimals at most) of a wall-clock time. */
export function instantOf(begin: bigint, time: string): number | undefined {
  const ns = nanosecondsOf(time);
  if (ns === undefined) return undefined;
  return sound(Number(ns - begin) / 1000);
}

/** An instant with at most 3 decimals, if it can be one. */
export function sound(us: number): number | undefined {
  if (!Number.isFinite(us) || Math.abs(us) > maxUs) return undefined;
  return Math.round(us * 1000) / 1000 + 0;
}

/** Without the fields that are undefined. */
export function present<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const out = { ...fields } as Record<string, unknown>;
  for (const key of Object.keys(out)) if (out[key] === undefined) delete out[key];
  return out as never;
}

export interface ImportedParts {
  processes?: Process[];
  requests: Request[];
  dials: Dial[];
  lookups: Lookup[];
  connections: Connection[];
  tlsTunnels: TlsTunnel[];
  certificates?: Certificate[];
}

export type ImportedHeader = Pick<Trace, 'id' | 'producer' | 'beginTime'> &
  Partial<
    Pick<Trace, 'description' | 'endAt' | 'settings' | 'dnsExchanges' | 'socketOperations' | 'conntrackEntries'>
  > & {
    /** What the file is, for `sources`. */
    format: string;
    /** Sources that the file says were not on. */
    missing?: readonly string[];
  };

type SizeKey = 'bytesSent' | 'bytesReceived';

/** The document of what was read, secrets masked as everywhere. */
export function importedTrace(header: ImportedHeader, parts: ImportedParts): Trace {
  const { format, missing = [], ...rest } = header;
  const { requests, connections, lookups } = parts;
  const total = (list: readonly { [K in SizeKey]?: number }[], key: SizeKey): number | undefined => {
    const known = list.flatMap((record) => record[key] ?? []);
    return known.length === 0 ? undefined : known.reduce((a, b) => a + b, 0);
  };
  /** Absent: no record says. */
  const sum = (key: SizeKey): { [K in SizeKey]?: number } => {
    const known = [total(requests, key), total(connections, key)].filter((n) => n !== undefined);
    return known.length === 0 ? {} : { [key]: Math.min(Number.MAX_SAFE_INTEGER, Math.max(...known)) };
  };
  const doc: Trace = {
    format: 'nettrace',
    version: formatVersion,
    ...rest,
    state: header.endAt === undefined ? 'interrupted' : 'ended',
    sources: [
      { name: 'import', state: 'on', detail: format },
      ...missing.map((name) => ({ name, state: 'off', reason: 'notInFormat' })),
    ],
    counts: {
      requests: requests.length,
      failed: requests.filter(hasFailed).length,
      connections: connections.filter((c) => isEstablished(c) || hasCarried(c)).length,
      lookups: lookups.length,
      ...sum('bytesSent'),
      ...sum('bytesReceived'),
      evictedRequests: 0,
    },
    processes: parts.processes ?? [],
    requests,
    dials: parts.dials,
    lookups,
    connections,
    tlsTunnels: parts.tlsTunnels,
    certificates: parts.certificates ?? [],
    losses: [],
  };
  return lowered(inOrder(doc));
}

/** Arrays as a saved file has them: what is read from one is the same. */
function inOrder(doc: Trace): Trace {
  const out = { ...doc } as Record<string, unknown>;
  for (const key of byInstant) {
    const list = out[key];
    if (Array.isArray(list)) out[key] = sorted(list as object[]);
  }
  return out as Trace;
}

/** How much of headers a file holds: the level of the trace that is made of it. */
export function headerLevelOf(headers: Iterable<{ value?: string; length?: number }>): string {
  let level = 'off';
  for (const h of headers) {
    if (h.value !== undefined) return 'values';
    if (h.length !== undefined) level = 'lengths';
    else if (level === 'off') level = 'names';
  }
  return level;
}

/** The version words of all formats as the model's: `HTTP/2.0`, `h2`, `http/2` are one. */
export function protocolOf(version: string | undefined): string | undefined {
  const text = (version ?? '').trim().toLowerCase();
  if (text === '' || text === 'unknown') return undefined;
  if (/^(h2c?|http\/2(\.0)?)$/.test(text)) return 'h2';
  if (/^(h3(-\d+)?|http\/3(\.0)?)$/.test(text)) return 'h3';
  return text;
}

/** Its setup is not in the file, only requests that it carried. */
const hasCarried = ({ connect, requestCount = 0 }: Connection): boolean => connect === undefined && requestCount > 0;
