/**
 * HAR 1.2 from a trace: one page a root process, one entry a request. The timings are the phases of `phasesOf`, so they
 * sum to the same total as everywhere else; ssl is part of connect (readers refuse it otherwise). What HAR cannot say
 * (attempts, lookups, TLS facts, connections without request, kernel statistics, packets) is left to the native file.
 */

import { isIP } from 'node:net';
import { sorted } from '../../model/base/canonical';
import { lastInstant } from '../../model/facts/lastInstant';
import { type Breakdown, phasesOf } from '../../model/phases/phases';
import type { Process, Request, Trace } from '../../model/records';
import { stateOf } from '../../model/rows/state';
import { Store } from '../../model/store/store';
import { textOf } from '../eve/values';
import { isImported, originalId } from '../shared/imported';
import { describedWhole } from '../shared/kept';
import { lowered } from '../shared/lower';
import { timeOfInstant } from '../shared/time';
import { errorText } from '../shared/words';
import { harInitiator } from './initiator';
import { requestOf, responseOf } from './messages';
import type { Har, HarEntry, HarPage, HarTimings } from './types';

export function harText(doc: Trace): string {
  return `${JSON.stringify(toHar(doc), null, 2)}\n`;
}

export function toHar(trace: Trace): Har {
  const har = harOf(lowered(trace));
  return isImported(trace) ? withOriginalNames(har, trace) : har;
}

/** Ids as they stood in the file that the trace was read from; what it did not name stays without a name. */
function withOriginalNames(har: Har, trace: Trace): Har {
  const nameless = new Set(trace.connections.filter((c) => c.missing?.id !== undefined).map((c) => c.id));
  const entries = har.log.entries.map((entry): HarEntry => {
    const out: HarEntry = { ...entry };
    if (entry.connection !== undefined) {
      // A name that the file gave to several connections has a number behind it here.
      out.connection = out._connectionId = originalId(entry.connection).replace(/#\d+$/, '');
      if (nameless.has(entry.connection)) {
        delete out.connection;
        delete out._connectionId;
      }
    }
    for (const key of ['pageref', '_process', '_id', '_operation', '_redirectOf', '_retryOf'] as const) {
      if (out[key] !== undefined) out[key] = originalId(out[key]);
    }
    return out;
  });
  const pages = har.log.pages.map((p) => ({ ...p, id: originalId(p.id) }));
  return { log: { ...har.log, pages, entries } };
}

function harOf(doc: Trace): Har {
  const store = Store.fromDocument(doc);
  const roots = new Roots(doc.processes);
  const now = doc.endAt ?? lastInstant(doc.requests);
  const runtime = store.rootProcess()?.runtime;
  const comment = describedWhole(doc);
  const after = new Map(
    doc.requests.flatMap((r) => (r.redirectOf === undefined ? [] : [[r.redirectOf, r.url] as const])),
  );
  const entries = sorted(doc.requests.filter((r) => r.direction !== 'in')).map((r) =>
    entryOf(r, store, roots, now, after.get(r.id)),
  );
  return {
    log: {
      version: '1.2',
      creator: { name: doc.producer.name, version: doc.producer.version },
      ...(runtime ? { browser: { name: runtime.name, version: runtime.version } } : {}),
      pages: roots.list().map((p) => pageOf(p, doc)),
      entries,
      ...(comment === undefined ? {} : { comment }),
      _nettrace: {
        version: doc.version,
        id: doc.id,
        missing: doc.sources.filter((s) => s.state !== 'on').map((s) => s.name),
      },
    },
  };
}

/** Which root process each process stems from. */
class Roots {
  readonly #processes: Map<string, Process>;

  constructor(processes: readonly Process[]) {
    this.#processes = new Map(processes.map((p) => [p.id, p]));
  }

  list(): Process[] {
    return sorted([...this.#processes.values()].filter((p) => this.of(p.id) === p));
  }

  of(process: string): Process | undefined {
    let p = this.#processes.get(process);
    // A damaged file may have parents in a circle: every process is passed once at most.
    for (let steps = this.#processes.size; p && steps > 0; steps--) {
      const parent = p.parent === undefined ? undefined : this.#processes.get(p.parent);
      if (!parent) return p;
      p = parent;
    }
    return this.#processes.get(process);
  }
}

function pageOf(p: Process, doc: Trace): HarPage {
  return {
    startedDateTime: timeOfInstant(doc.beginTime, p.startAt) ?? doc.beginTime,
    id: p.id,
    title: p.entry ?? p.title ?? `process ${p.pid}`,
    pageTimings: { onContentLoad: -1, onLoad: -1 },
  };
}

/** One request as an entry, as it is now. `now`: µs since the trace began. */
export function harEntry(r: Request, store: Store, now: number): HarEntry {
  const next = [...store.requests.values()].find((q) => q.redirectOf === r.id);
  return entryOf(r, store, new Roots([...store.processes.values()]), now, next?.url);
}

/** `next`: URL of the hop that its redirect led to. */
function entryOf(r: Request, store: Store, roots: Roots, now: number, next: string | undefined): HarEntry {
  const breakdown = phasesOf(r, store, now);
  const { timings, time, absent } = timingsOf(breakdown);
  const state = stateOf(r, store, breakdown);
  const connection = r.connection === undefined ? undefined : store.connections.get(r.connection);
  const begin = r.createdAt ?? breakdown.phases[0]?.beginAt ?? 0;
  const root = roots.of(r.thread.slice(0, r.thread.lastIndexOf('-')));
  const address = connection?.remote?.address.replace(/%.*$/, '');
  const initiator = harInitiator(r);
  return {
    ...(root ? { pageref: root.id } : {}),
    startedDateTime: timeOfInstant(store.header.beginTime, begin) ?? store.header.beginTime,
    time,
    request: requestOf(r, connection),
    response: responseOf(r, connection, store.header.settings?.maskedParameters, next),
    cache: {},
    timings,
    ...(address !== undefined && isIP(address) !== 0 ? { serverIPAddress: address } : {}),
    ...(r.connection === undefined ? {} : { connection: r.connection, _connectionId: r.connection }),
    _resourceType: /^websocket$/i.test(r.upgrade?.protocol ?? '') ? 'websocket' : (resourceTypes.get(r.api) ?? 'other'),
    ...(r.priority === undefined ? {} : { _priority: r.priority }),
    ...(initiator ? { _initiator: initiator } : {}),
    ...errorOf(r),
    ...(r.error?.phase === undefined ? {} : { _errorPhase: r.error.phase }),
    _state: state.state,
    ...(r.api === undefined ? {} : { _api: r.api }),
    _process: r.thread,
    _id: r.id,
    ...(r.operation === undefined ? {} : { _operation: r.operation }),
    ...(r.redirectOf === undefined ? {} : { _redirectOf: r.redirectOf }),
    ...(r.retryOf === undefined ? {} : { _retryOf: r.retryOf }),
    ...extrasOf(r, begin),
    ...(Object.keys(absent).length > 0 ? { _absentTimings: absent } : {}),
    ...(breakdown.paused > 0 ? { _pausedTime: Math.round(breakdown.paused) / 1000 } : {}),
  };
}

/** Other programs show `_error` of an entry without a response: that it was given up is said there too. */
function errorOf({ error, outcome, abort }: Request): Pick<HarEntry, '_error'> {
  if (error) return { _error: errorText(error) };
  if (outcome !== 'aborted') return {};
  return { _error: abort?.reason === undefined ? 'aborted' : `aborted: ${abort.reason}` };
}

/** Facts that HAR has no field for, in fields of our own. */
function extrasOf(r: Request, begin: number): Partial<HarEntry> {
  const proxy = textOf(r.proxy?.url);
  const informational = (r.response?.informational ?? []).map(({ status, at }) => ({
    status,
    time: Math.max(0, Math.round(at - begin)) / 1000,
  }));
  return {
    ...(r.label === undefined ? {} : { _label: r.label }),
    ...(r.test === undefined ? {} : { _test: r.test }),
    ...(proxy === '' ? {} : { _proxy: proxy }),
    ...(informational.length > 0 ? { _informational: informational } : {}),
    ...(r.outcome === 'upgraded' ? { _upgrade: r.upgrade?.protocol ?? '' } : {}),
    ...(r.timeout?.kind === undefined ? {} : { _timeout: r.timeout.kind }),
    ...(r.mocked ? { _mocked: true as const } : {}),
    ...(r.streamId === undefined ? {} : { _streamId: r.streamId }),
  };
}

/** As Node's own inspector names them. */
const resourceTypes: ReadonlyMap<string | undefined, string> = new Map([
  ['fetch', 'fetch'],
  ['undici', 'fetch'],
  ['websocket', 'websocket'],
]);

/**
 * Phases as HAR timings, in ms with 3 decimals. Whole µs are summed, and each phase goes from rounded instant to rounded
 * instant: so the sum is exact whatever the fractions of kernel-made instants are.
 */
export function timingsOf(breakdown: Breakdown): { timings: HarTimings; time: number; absent: Record<string, string> } {
  const us: Partial<Record<string, number>> = {};
  let time = 0;
  for (const p of breakdown.phases) {
    const length = Math.round(p.beginAt + p.duration + (p.paused ?? 0)) - Math.round(p.beginAt);
    us[p.name] = length;
    time += length;
  }
  const ms = (...lengths: (number | undefined)[]): number => {
    const known = lengths.filter((l) => l !== undefined);
    return known.length === 0 ? -1 : known.reduce((sum, l) => sum + l, 0) / 1000;
  };
  const absent: Record<string, string> = {};
  const due = (name: 'send' | 'wait' | 'receive', length: number | undefined): number => {
    if (length !== undefined) return length / 1000;
    const phase = name === 'receive' ? 'download' : name;
    absent[name] = breakdown.absent.find((a) => a.name === phase)?.why ?? 'notSeen';
    return 0;
  };
  const timings: HarTimings = {
    blocked: ms(us.queue),
    dns: ms(us.dns),
    connect: ms(us.tcp, us.proxy, us.tls),
    ssl: ms(us.tls),
    send: due('send', us.send),
    wait: due('wait', us.wait),
    receive: due('receive', us.download),
  };
  return { timings, time: time / 1000, absent };
}
