/** The tables of what is below a request: dials, lookups, connection attempts, connections, TLS. */
import type { Connection, Dial, Lookup, TlsTunnel } from '../../../model/records';
import { between, each, integers, listOf, ms, reals, type Table, texts } from './column';

export const connections: Table<Connection> = {
  name: 'connections',
  list: 'connections',
  about: 'One row a socket, established or not: each connection attempt is one.',
  columns: [
    ...texts<Connection>(
      ['id', 'Id.', (c) => c.id],
      ['thread', 'Thread that owns it. NULL: only the kernel saw it.', (c) => c.thread],
      ['dial', 'Its dial. NULL: not seen, or incoming.', (c) => c.dial],
      ['kind', '`tcp`, `udp`, `unix`.', (c) => c.kind],
      ['direction', '`out` or `in`.', (c) => c.direction],
      ['local_address', 'Own end. NULL: not known.', (c) => c.local?.address],
    ),
    ...integers<Connection>(['local_port', 'Its port.', (c) => c.local?.port]),
    ...texts<Connection>(['remote_address', 'Other end. NULL: none, or not known.', (c) => c.remote?.address]),
    ...integers<Connection>(['remote_port', 'Its port.', (c) => c.remote?.port]),
    ...texts<Connection>(
      ['path', 'Path of a Unix socket. NULL: it is none.', (c) => c.path],
      ['protocol', 'Protocol agreed. NULL: none.', (c) => c.protocol],
      ['tunnel_host', 'Host behind the proxy. NULL: no tunnel.', (c) => c.tunnel?.host],
      [
        'result',
        '`connected`, `failed`, `timedOut`, `cancelled`. NULL: still trying, or not seen.',
        (c) => c.connect?.result,
      ],
    ),
    ...reals<Connection>(
      ['connect_begin_ms', 'Attempt began. NULL: not seen.', (c) => ms(c.connect?.beginAt)],
      ['connect_end_ms', 'Its result. NULL: none yet, or not seen.', (c) => ms(c.connect?.endAt)],
      ['connect_ms', 'Duration of the attempt.', (c) => between(c.connect?.beginAt, c.connect?.endAt)],
      ['closed_ms', 'Closed. NULL: open at the end of the trace.', (c) => ms(c.closedAt)],
    ),
    ...texts<Connection>([
      'closed_by',
      '`local`, `peer`, `peerReset`, `timeout` …. NULL: open, or not known.',
      (c) => c.closedBy,
    ]),
    ...integers<Connection>(
      ['requests', 'Requests sent on it. NULL: not reported.', (c) => c.requestCount],
      ['bytes_sent', 'Payload at the socket, TLS included. NULL: not read.', (c) => c.bytesSent],
      ['bytes_received', 'Likewise received.', (c) => c.bytesReceived],
      ['from_resolver', '1: a socket of DNS. NULL: no.', (c) => c.fromResolver || undefined],
      ['kernel_retransmits', 'Segments repeated. NULL: no kernel statistics.', (c) => c.kernel?.retransmits],
      ['kernel_mss_bytes', 'Largest segment. NULL: likewise.', (c) => c.kernel?.mss],
    ),
    ...reals<Connection>(
      ['kernel_rtt_ms', 'Smoothed round-trip time, last. NULL: likewise.', (c) => ms(c.kernel?.rtt)],
      ['kernel_min_rtt_ms', 'Smallest round-trip time. NULL: likewise.', (c) => ms(c.kernel?.minRtt)],
    ),
    ...texts<Connection>(
      [
        'error_code',
        'Error of attempt or socket. NULL: none, or without a code.',
        (c) => (c.connect?.error ?? c.error)?.code,
      ],
      ['error_message', 'Its message. NULL: no error.', (c) => (c.connect?.error ?? c.error)?.message],
    ),
  ],
  rows: each,
  indices: ['id'],
};

export const dials: Table<Dial> = {
  name: 'dials',
  list: 'dials',
  about: 'One row a call that makes a connection.',
  columns: [
    ...texts<Dial>(
      ['id', 'Id.', (d) => d.id],
      ['thread', 'Thread.', (d) => d.thread],
      ['request', 'Request that triggered it. NULL: none, or not known.', (d) => d.request],
      ['via', '`agent`, `undici`, `http2`, `net`, `tls` …', (d) => d.via],
      ['host', 'Host as asked.', (d) => d.host],
    ),
    ...integers<Dial>(['port', 'Port as asked.', (d) => d.port]),
    ...reals<Dial>(
      ['begin_ms', 'Began. NULL: the line that said so was lost.', (d) => ms(d.beginAt)],
      ['end_ms', 'Result of TCP. NULL: none.', (d) => ms(d.endAt)],
      ['duration_ms', 'Between the two.', (d) => between(d.beginAt, d.endAt)],
    ),
    ...texts<Dial>(
      ['lookup', 'Its lookup. NULL: an address, a Unix socket, or not seen.', (d) => d.lookup],
      ['connection', 'Attempt that won. NULL: none.', (d) => d.connection],
    ),
    ...integers<Dial>(
      ['attempts', 'Connection attempts. NULL: not seen.', (d) => d.attempts?.length],
      ['pool_free', 'Idle connections of the origin then. NULL: not known.', (d) => d.pool?.free],
      ['pool_busy', 'Connections in use then.', (d) => d.pool?.busy],
      ['pool_pending', 'Requests that waited then.', (d) => d.pool?.pending],
      ['pool_limit', 'Most connections allowed. NULL: no limit, or not known.', (d) => d.pool?.limit],
    ),
    ...texts<Dial>(
      ['error_code', 'Why no connection was made. NULL: it was, or without a code.', (d) => d.error?.code],
      ['error_message', 'In words. NULL: no error.', (d) => d.error?.message],
    ),
  ],
  rows: each,
  indices: ['id'],
};

export interface Attempt {
  dial: Dial;
  ordinal: number;
  id: string;
  connection: Connection | undefined;
}

export const attempts: Table<Attempt, Dial> = {
  name: 'attempts',
  list: 'dials',
  about: 'One row an address that a dial tried, in the order tried.',
  columns: [
    ...texts<Attempt>(
      ['dial', 'Dial.', ({ dial }) => dial.id],
      ['connection', 'Id of the attempt, in `connections`.', ({ id }) => id],
    ),
    ...integers<Attempt>(['ordinal', 'Which, from 1.', ({ ordinal }) => ordinal]),
    ...texts<Attempt>(['host', 'Host that was dialled.', ({ dial }) => dial.host]),
    ...texts<Attempt>(['address', 'Address tried. NULL: not known.', ({ connection }) => connection?.remote?.address]),
    ...integers<Attempt>(['port', 'Its port.', ({ connection }) => connection?.remote?.port]),
    ...reals<Attempt>(
      ['begin_ms', 'Began. NULL: not seen.', ({ connection }) => ms(connection?.connect?.beginAt)],
      ['end_ms', 'Result. NULL: none.', ({ connection }) => ms(connection?.connect?.endAt)],
      [
        'duration_ms',
        'Between the two.',
        ({ connection }) => between(connection?.connect?.beginAt, connection?.connect?.endAt),
      ],
    ),
    ...texts<Attempt>(['result', 'As in `connections`.', ({ connection }) => connection?.connect?.result]),
    ...integers<Attempt>([
      'won',
      '1: the one that is used; 0: another is. NULL: none is.',
      ({ dial, id }) => (dial.connection === undefined ? undefined : dial.connection === id),
    ]),
    ...texts<Attempt>(
      [
        'error_code',
        'Why it failed. NULL: it did not, or without a code.',
        ({ connection }) => connection?.connect?.error?.code,
      ],
      ['error_message', 'In words. NULL: no error.', ({ connection }) => connection?.connect?.error?.message],
    ),
  ],
  *rows(records, store) {
    for (const dial of records)
      for (const [i, id] of (dial.attempts ?? []).entries())
        yield { dial, ordinal: i + 1, id, connection: store.connections.get(id) };
  },
};

export const lookups: Table<Lookup> = {
  name: 'lookups',
  list: 'lookups',
  about: 'One row a DNS lookup of the program.',
  columns: [
    ...texts<Lookup>(
      ['id', 'Id.', (l) => l.id],
      ['thread', 'Thread.', (l) => l.thread],
      ['dial', 'Dial it was for. NULL: the program asked itself.', (l) => l.dial],
      ['call', '`lookup`, `resolve4` …', (l) => l.call],
      ['hostname', 'Name asked for.', (l) => l.hostname],
    ),
    ...reals<Lookup>(
      ['begin_ms', 'Call.', (l) => ms(l.beginAt)],
      ['end_ms', 'Answer. NULL: none.', (l) => ms(l.endAt)],
      ['duration_ms', 'Between the two.', (l) => between(l.beginAt, l.endAt)],
      [
        'pool_wait_ms',
        'Of it, wait for a thread of libuv. NULL: not measured, or below 1 ms.',
        (l) => ms(l.poolWaitDuration),
      ],
      [
        'system_ms',
        'Of it, in the C library’s `getaddrinfo`. NULL: not probed.',
        (l) => between(l.system?.beginAt, l.system?.endAt),
      ],
    ),
    ...texts<Lookup>(
      ['answered_by', '`getaddrinfo`, `hosts`, `network`, `cache`, `custom`. NULL: not known.', (l) => l.answeredBy],
      ['addresses', 'Addresses as a JSON list. NULL: none came.', (l) => listOf(l.addresses?.map((a) => a.address))],
      ['rcode', 'DNS response code. NULL: not known, as with getaddrinfo.', (l) => l.rcode],
      ['error_code', 'Why there was no answer. NULL: there was one.', (l) => l.error?.code],
    ),
  ],
  rows: each,
  indices: ['id'],
};

export const tls: Table<TlsTunnel> = {
  name: 'tls',
  list: 'tlsTunnels',
  about: 'One row a TLS handshake.',
  columns: [
    ...texts<TlsTunnel>(
      ['id', 'Id.', (t) => t.id],
      ['connection', 'Connection it runs on. NULL: not known.', (t) => t.connection],
      ['purpose', '`origin` or `proxy`.', (t) => t.purpose],
    ),
    ...reals<TlsTunnel>(
      ['begin_ms', 'Handshake began. NULL: not seen.', (t) => ms(t.beginAt)],
      ['end_ms', 'Handshake ended. NULL: it did not.', (t) => ms(t.endAt)],
      ['duration_ms', 'Between the two.', (t) => between(t.beginAt, t.endAt)],
    ),
    ...texts<TlsTunnel>(
      ['server_name', 'Server name sent. NULL: none.', (t) => t.serverName],
      ['alpn', 'Protocol agreed. NULL: none.', (t) => t.alpn],
      ['version', '`TLSv1.3` …. NULL: not agreed.', (t) => t.version],
      ['cipher', 'Cipher suite. NULL: not agreed.', (t) => t.cipher?.name ?? t.cipher?.openssl],
    ),
    ...integers<TlsTunnel>(
      ['resumed', '1: an earlier session was resumed; 0: not. NULL: not known.', (t) => t.resumed],
      [
        'checked',
        '0: the program switched the check of the certificate off. NULL: not known.',
        (t) => t.verification?.checked,
      ],
      ['authorized', 'Whether chain and name are valid. NULL: not known.', (t) => t.verification?.authorized],
    ),
    ...texts<TlsTunnel>(
      ['verification_error', 'Why not. NULL: it is valid, or not known.', (t) => t.verification?.error],
      ['error_code', 'Why the handshake failed. NULL: it did not, or without a code.', (t) => t.error?.code],
      ['error_message', 'In words. NULL: no error.', (t) => t.error?.message],
    ),
  ],
  rows: each,
  indices: ['connection'],
};
