/**
 * A connection's setup: a span for the dial, child of the request that it was begun for, and below it the lookup, each
 * attempt to connect and the TLS handshakes. Other requests that waited for it are linked to it.
 */
import type { Connection, Dial, ErrorInfo, Lookup, TlsTunnel } from '../../model/records';
import type { Store } from '../../model/store/store';
import { attributesOf, errorOf, errorType, networkType, peerOf, textOf } from './attributes';
import type { Clock } from './times';
import { kinds, type Span, type SpanContext, type Value } from './types';
import { processOf, type View } from './view';

/** What a span of the setup is made of. */
interface Piece extends SpanContext {
  parentSpanId?: string | undefined;
  name: string;
  beginAt: number | undefined;
  /** Absent: not known. Then the span is as long as what is known of it. */
  endAt: number | undefined;
  /** Last instant known, where `endAt` is not. */
  lastAt?: number | undefined;
  attributes: Readonly<Record<string, Value | undefined>>;
  error: ErrorInfo | undefined;
  thread: string | undefined;
}

function spanOf(piece: Piece, view: View): Span[] {
  const { traceId, spanId, parentSpanId, name, beginAt, endAt, error } = piece;
  const interval = view.clock.between(beginAt, endAt ?? piece.lastAt ?? beginAt);
  if (!interval) return [];
  return [
    {
      traceId,
      spanId,
      ...(parentSpanId === undefined ? {} : { parentSpanId }),
      name: textOf(name),
      kind: kinds.internal,
      ...interval,
      attributes: attributesOf({
        ...piece.attributes,
        'error.type': errorType(error),
        'nettrace.unfinished': endAt === undefined ? true : undefined,
      }),
      events: [],
      droppedEvents: 0,
      links: [],
      ...errorOf(error, view.masked),
      process: processOf(piece.thread),
    },
  ];
}

/** From the call to the last step that the connection needed. `lastAt` is the last instant known where it is not over. */
function endOf(d: Dial, store: Store): { endAt: number | undefined; lastAt: number | undefined } {
  const lookup = d.lookup === undefined ? undefined : store.lookups.get(d.lookup);
  const winner = d.connection === undefined ? undefined : store.connections.get(d.connection);
  const tunnels = tunnelsOf(d, store);
  const ends = [
    d.beginAt,
    d.endAt,
    lookup?.endAt,
    ...(d.attempts ?? []).map((id) => store.connections.get(id)?.connect?.endAt),
    winner?.tunnel?.establishedAt,
    ...tunnels.map((t) => t.endAt),
  ].filter((at) => at !== undefined);
  const lastAt = ends.length === 0 ? undefined : ends.reduce((a, b) => Math.max(a, b));
  const isOver = d.endAt !== undefined && tunnels.every((t) => t.endAt !== undefined);
  return { endAt: isOver ? lastAt : undefined, lastAt };
}

const tunnelsOf = (d: Dial, store: Store): readonly TlsTunnel[] =>
  d.connection === undefined ? [] : store.tunnelsOf(d.connection);

export function hasDialSpan(d: Dial, store: Store, clock: Clock): boolean {
  return clock.between(d.beginAt, endOf(d, store).lastAt ?? d.beginAt) !== undefined;
}

export function dialSpans(d: Dial, view: View): Span[] {
  const { store } = view;
  const owner = view.ownerOf(d);
  const winner = d.connection === undefined ? undefined : store.connections.get(d.connection);
  return spanOf(
    {
      traceId: view.traceOfDial(d),
      spanId: view.spanId('dial', d.id),
      parentSpanId: owner && view.contextOf(owner).spanId,
      name: `${isHttp(d, store) ? 'HTTP connection_setup' : 'connection_setup'} ${d.host ?? d.path ?? ''}`.trimEnd(),
      beginAt: d.beginAt,
      ...endOf(d, store),
      attributes: {
        'server.address': d.host ?? d.path,
        'server.port': d.port,
        ...peerOf(winner),
        'nettrace.record.id': d.id,
        'nettrace.connection.id': d.connection,
      },
      // The dial ends with TCP; the setup fails with its handshake.
      error: d.error ?? tunnelsOf(d, store).find((t) => t.error)?.error,
      thread: d.thread,
    },
    view,
  );
}

/** Sockets that the program opened itself and that carried no request are not called HTTP. */
function isHttp(d: Dial, store: Store): boolean {
  if (d.request !== undefined || !['net', 'tls', 'dgram'].includes(d.via ?? '')) return true;
  return d.connection !== undefined && store.requestsOfConnection(d.connection).length > 0;
}

/** Trace and parent of a step of the dial with this id; a step of none, or of one that is gone, is a trace of its own. */
function above(dial: string | undefined, view: View, kind: 'lookup' | 'attempt' | 'tls', id: string) {
  const d = dial === undefined ? undefined : view.store.dials.get(dial);
  const context = { spanId: view.spanId(kind, id) };
  if (!d) return { ...context, traceId: view.ownTrace(kind, id) };
  const owner = view.ownerOf(d);
  const parentSpanId = hasDialSpan(d, view.store, view.clock)
    ? view.spanId('dial', d.id)
    : owner && view.contextOf(owner).spanId;
  return { ...context, traceId: view.traceOfDial(d), parentSpanId };
}

export function lookupSpans(l: Lookup, view: View): Span[] {
  const answers = l.addresses?.map((a) => a.address) ?? [];
  return spanOf(
    {
      ...above(l.dial, view, 'lookup', l.id),
      name: l.hostname === undefined ? 'DNS lookup' : `DNS lookup ${l.hostname}`,
      beginAt: l.beginAt,
      endAt: l.endAt,
      attributes: {
        'dns.question.name': l.hostname,
        'dns.answers': answers.length > 0 ? answers : undefined,
        'nettrace.record.id': l.id,
        'nettrace.dns.answered_by': l.answeredBy,
      },
      error: l.error,
      thread: l.thread,
    },
    view,
  );
}

/** One attempt to connect; none for connections whose making was not seen. */
export function attemptSpans(c: Connection, view: View): Span[] {
  const { connect, dial, kind, local, remote } = c;
  if (!connect || dial === undefined) return [];
  return spanOf(
    {
      ...above(dial, view, 'attempt', c.id),
      name: 'socket connect',
      beginAt: connect.beginAt,
      endAt: connect.endAt,
      attributes: {
        ...peerOf(c),
        'network.local.address': local?.address,
        'network.local.port': local?.port,
        'network.transport': kind,
        'network.type': networkType(remote?.address),
        'nettrace.record.id': c.id,
        'nettrace.connect.result': connect.result,
      },
      error: connect.error,
      thread: c.thread,
    },
    view,
  );
}

export function tlsSpans(t: TlsTunnel, view: View): Span[] {
  const connection = t.connection === undefined ? undefined : view.store.connections.get(t.connection);
  const version = /^(TLS|SSL)v?(\d(?:\.\d)?)$/.exec(t.version ?? '');
  return spanOf(
    {
      ...above(connection?.dial, view, 'tls', t.id),
      name: 'TLS handshake',
      beginAt: t.beginAt,
      endAt: t.endAt,
      attributes: {
        'server.address': t.serverName,
        'tls.protocol.name': version?.[1]?.toLowerCase(),
        'tls.protocol.version': version?.[2],
        'tls.cipher': t.cipher?.name ?? t.cipher?.openssl,
        'tls.resumed': t.resumed,
        'tls.next_protocol': t.alpn,
        'nettrace.record.id': t.id,
        'nettrace.connection.id': t.connection,
        'nettrace.tls.purpose': t.purpose,
      },
      error: t.error,
      thread: connection?.thread,
    },
    view,
  );
}
