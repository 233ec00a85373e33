/** Everything about one request, for the panel's details: gathered when its row is selected. */
import { whyNewIn } from '../../analysis/base/newConnection';
import { verdictOf } from '../../analysis/verdict/verdict';
import { absentOf } from '../../model/panel/absent';
import type { Details } from '../../model/panel/protocol';
import { contextOf } from '../../model/phases/context';
import { phasesOf } from '../../model/phases/phases';
import type { Connection, Request } from '../../model/records';
import { rowOf, urlParts } from '../../model/rows/row';
import { stateOf } from '../../model/rows/state';
import type { Store } from '../../model/store/store';
import { findingsAbout } from '../rows/findings';
import { placed, type RunRows, rowIdOf } from '../rows/rows';
import { kernelOf, roundTripsOf } from './kernel';
import { captureOf, maxPackets } from './packets';

/** Details of a request of a run; null when it is not (or no longer) there. `now`: µs since the trace began. */
export function detailsOf(rows: RunRows, id: string, now: number): Details | null {
  const { store, run, offset } = rows;
  const request = store.requests.get(id);
  if (!request) return null;
  const c = contextOf(request, store, now);
  const on = c.connection ?? c.winner;
  const proxyTunnel = on && store.tunnelsOf(on.id).find((t) => t.purpose === 'proxy' && t !== c.tls);
  const chain = (c.tls ?? proxyTunnel)?.peerCertificates ?? [];
  const out: Details = {
    row: { ...placed(rowOf(request, store, now), run, offset), ...(rows.sentByYou ? { sentByYou: true } : {}) },
    request,
    attempts: c.attempts,
    certificates: chain.flatMap((fingerprint) => store.certificates.get(fingerprint) ?? []),
    breakdown: phasesOf(request, store, now),
    connectionRequests: c.connection ? requestsOf(c.connection.id, rows) : [],
    offset,
    missing: missingOf(request, store, on ?? c.attempts.at(-1)),
    capture: captureOf(request, store),
  };
  out.verdict = verdictOf(request, store, now);
  const why = whyNewIn(request, store);
  if (why && why.reason !== 'first') out.whyNew = why.text;
  const findings = findingsAbout([id, c.dial?.id, on?.id, c.tls?.id, c.lookup?.id], store, now);
  if (findings.length > 0) out.findings = findings;
  Object.assign(out, relatedOf(request, rows, now));
  const exchanges = [...store.dnsExchanges.values()].filter((x) => x.lookup !== undefined && x.lookup === c.lookup?.id);
  if (exchanges.length > 0) out.exchanges = exchanges;
  const operations = on && store.socketOperations.get(on.id);
  if (operations && operations.length > 0) out.operations = [...operations];
  // Of a request that got no connection, what the kernel knows of the last attempt.
  const known = on ?? c.attempts.at(-1);
  if (known) Object.assign(out, kernelOf(known.id, store));
  Object.assign(out, roundTripsOf(request, store));
  const packets = store.packetsOf(id);
  if (packets.length > 0) out.packets = packets.slice(0, maxPackets);
  const { headerLevel } = store.header.settings ?? {};
  if (headerLevel !== undefined) out.headerLevel = headerLevel;
  if (c.dial) out.dial = c.dial;
  if (c.lookup) out.lookup = c.lookup;
  if (on) out.connection = on;
  if (c.tls) out.tunnel = c.tls;
  if (proxyTunnel) out.proxyTunnel = proxyTunnel;
  return out;
}

/** Requests it has to do with: the chain of its operation, who held its socket, what caused it. */
function relatedOf(r: Request, { store, run }: RunRows, now: number): Pick<Details, 'chain' | 'holder' | 'cause'> {
  const link = (q: Request | undefined) =>
    q && {
      id: rowIdOf(run, q.id),
      text: `${q.method ?? '?'} ${urlParts(q.url ?? '').path}`,
      state: stateOf(q, store, phasesOf(q, store, now)).text,
      ...(q.attempt === undefined ? {} : { attempt: q.attempt }),
    };
  const find = (id: string | undefined) => link(id === undefined ? undefined : store.requests.get(id));
  const operation = r.operation;
  const chain =
    operation === undefined
      ? []
      : [...store.requests.values()].filter((q) => q.operation === operation || q.id === operation);
  const holder = find(r.blockedBy);
  const cause = find(r.cause) ?? link(r.cause === undefined ? undefined : store.incoming.get(r.cause));
  return {
    ...(chain.length > 1 ? { chain: chain.sort(byBegin).flatMap((q) => link(q) ?? []) } : {}),
    ...(holder ? { holder } : {}),
    ...(cause ? { cause } : {}),
  };
}

const byBegin = (a: Request, b: Request): number => (a.createdAt ?? 0) - (b.createdAt ?? 0);

function requestsOf(connection: string, { store, run, offset }: RunRows): Details['connectionRequests'] {
  return store
    .requestsOfConnection(connection)
    .flatMap((id) => store.requests.get(id) ?? [])
    .map((r) => ({
      id: rowIdOf(run, r.id),
      path: urlParts(r.url ?? '').path,
      ordinal: r.ordinal ?? 1,
      ...(r.createdAt === undefined ? {} : { beginAt: r.createdAt + offset }),
      ...(r.endAt === undefined ? {} : { endAt: r.endAt + offset }),
    }))
    .sort((a, b) => a.ordinal - b.ordinal);
}

/** What is not measured, and why. What the breakdown says itself (phases) is not repeated. */
function missingOf(request: Request, store: Store, on: Connection | undefined): Details['missing'] {
  const out: Details['missing'] = [];
  const { settings } = store.header;
  if (!request.callSite) {
    const off = settings?.callSites === 'off';
    out.push({
      what: 'Line of code',
      why: off ? 'call sites are switched off' : 'no line of the program was on the stack when the request was made',
      ...(off ? { setting: 'callSites' } : {}),
    });
  }
  if (!request.headers && (settings?.headerLevel ?? 'off') === 'off') {
    out.push({ what: 'Headers', why: 'header recording is off', setting: 'headers' });
  }
  if (request.lost)
    out.push({ what: 'Parts of this record', why: `lines of the stream were lost (${request.lost.join(', ')})` });
  for (const [what, why] of Object.entries(request.missing ?? {}))
    if (what !== 'kernel') out.push({ what, why: String(why) });
  for (const { label, what: _, ...rest } of absentOf(store, request, on)) out.push({ what: label, ...rest });
  return out;
}
