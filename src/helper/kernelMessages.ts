/**
 * What the features with privilege say (native/README.md): packets, connection tracking, events. Checked like the rest.
 */
import type { Static } from 'typebox';
import * as Type from 'typebox';
import { checksOf } from '../model/base/checks';
import type { OtherMessage } from './protocol';

const n = Type.Integer({ minimum: 0 });
const ns = Type.String({ pattern: '^[0-9]{1,20}$' });
const word = Type.String({ maxLength: 256 });
const optional = Type.Optional;
const strict = { additionalProperties: false } as const;
const words = <T extends string>(...list: T[]) => Type.Union(list.map((w) => Type.Literal(w)));
const end = Type.Object({ address: word, port: n }, strict);
const ends = Type.Object({ source: end, destination: end }, strict);

const tcpState = words(
  'established',
  'syn-sent',
  'syn-recv',
  'fin-wait-1',
  'fin-wait-2',
  'time-wait',
  'close',
  'close-wait',
  'last-ack',
  'listen',
  'closing',
  'new-syn-recv',
);
const congestionState = words('open', 'disorder', 'cwr', 'recovery', 'loss');
const trackedState = words(
  'none',
  'syn-sent',
  'syn-recv',
  'established',
  'fin-wait',
  'close-wait',
  'last-ack',
  'time-wait',
  'close',
  'syn-sent2',
);

/** Members of each event; those of its kind come to them. */
const ofEvents = {
  t: Type.Literal('event'),
  id: word,
  at: ns,
  cookie: optional(ns),
  netns: optional(n),
  pid: optional(n),
  tcpState: optional(tcpState),
};
const drop = {
  ...ofEvents,
  reasonNumber: n,
  reason: optional(word),
  bytes: n,
  direction: optional(words('sent', 'received')),
  placeNumber: optional(n),
};
const errno = { errno: optional(n), error: optional(word) };

/** By kind. */
const events = {
  state: Type.Object(
    { ...ofEvents, kind: Type.Literal('state'), from: tcpState, to: tcpState, durationNs: optional(n) },
    strict,
  ),
  retransmit: Type.Object(
    {
      ...ofEvents,
      kind: Type.Literal('retransmit'),
      retransmitKind: optional(words('rto', 'fast', 'tlp')),
      congestionState: optional(congestionState),
      total: n,
      bytes: n,
    },
    strict,
  ),
  drop: Type.Object({ ...drop, kind: Type.Literal('drop') }, strict),
  listenOverflow: Type.Object({ ...drop, kind: Type.Literal('listenOverflow') }, strict),
  resetSent: Type.Object({ ...ofEvents, kind: Type.Literal('resetSent') }, strict),
  resetReceived: Type.Object({ ...ofEvents, kind: Type.Literal('resetReceived') }, strict),
  error: Type.Object({ ...ofEvents, ...errno, kind: Type.Literal('error'), soft: Type.Boolean() }, strict),
  congestion: Type.Object(
    { ...ofEvents, kind: Type.Literal('congestion'), from: congestionState, to: congestionState },
    strict,
  ),
  udpError: Type.Object({ ...ofEvents, ...errno, kind: Type.Literal('udpError') }, strict),
  firstByte: Type.Object({ ...ofEvents, kind: Type.Literal('firstByte'), sentAt: ns, durationNs: n, bytes: n }, strict),
  delay: Type.Object(
    { ...ofEvents, kind: Type.Literal('delay'), arrivedAt: ns, durationNs: n, arrivals: n, bytes: n },
    strict,
  ),
  icmp: Type.Object(
    {
      ...ofEvents,
      kind: Type.Literal('icmp'),
      icmp: Type.Object({ version: n, type: n, code: n, mtu: optional(n), from: word }, strict),
    },
    strict,
  ),
} as const;

const figures = { id: word, at: ns };
const sizes = optional(Type.Array(n, { maxItems: 24 }));
const counts = {
  received: n,
  dropped: n,
  sentPackets: n,
  sentBytes: n,
  unread: n,
  others: n,
  duplicates: n,
  notWatched: n,
};
const captureInterface = Type.Object({ index: n, name: optional(word), linkType: n, sent: optional(n) }, strict);

/** By type, and events by kind. */
export const kernelSchemas = {
  ...events,
  place: Type.Object({ t: Type.Literal('place'), number: n, name: word }, strict),
  traffic: Type.Object(
    {
      ...figures,
      t: Type.Literal('traffic'),
      packetsSent: n,
      packetsReceived: n,
      ipBytesSent: n,
      ipBytesReceived: n,
      ecnMarks: n,
      firstSentAt: optional(ns),
      lastSentAt: optional(ns),
      firstReceivedAt: optional(ns),
      lastReceivedAt: optional(ns),
    },
    strict,
  ),
  sizes: Type.Object(
    { ...figures, t: Type.Literal('sizes'), pid: optional(n), sendSizes: sizes, receiveSizes: sizes },
    strict,
  ),
  queue: Type.Object({ ...figures, t: Type.Literal('queue'), packets: n, durationNs: n, longestNs: n }, strict),
  lookup: Type.Object(
    { t: Type.Literal('lookup'), pid: n, name: word, beginNs: ns, endNs: ns, result: Type.Integer() },
    strict,
  ),
  listening: Type.Object(
    {
      t: Type.Literal('listenOverflow'),
      at: ns,
      sinceAt: ns,
      local: end,
      cookie: ns,
      count: n,
      waiting: n,
      backlog: n,
    },
    strict,
  ),
  conntrack: Type.Union([
    Type.Object({ ...figures, t: Type.Literal('conntrack'), missing: Type.Literal('noEntry') }, strict),
    Type.Object(
      {
        ...figures,
        t: Type.Literal('conntrack'),
        when: words('known', 'begin', 'change', 'counted', 'end'),
        protocol: words('tcp', 'udp'),
        original: ends,
        reply: ends,
        conntrackId: optional(n),
        status: optional(Type.Array(word, { maxItems: 16 })),
        tcpState: optional(trackedState),
        mark: optional(n),
        zone: optional(n),
        timeoutSeconds: optional(n),
        packetsSent: optional(n),
        packetsReceived: optional(n),
        bytesSent: optional(n),
        bytesReceived: optional(n),
        countersMissing: optional(words('accountingOff', 'untilEnd')),
        beginRealtimeNs: optional(ns),
        endRealtimeNs: optional(ns),
        timesMissing: optional(words('timestampsOff', 'untilEnd')),
      },
      strict,
    ),
  ]),
  capture: Type.Object(
    {
      t: Type.Literal('capture'),
      state: words('on', 'off'),
      at: ns,
      reason: optional(word),
      snaplen: optional(n),
      maxBytes: optional(n),
      all: optional(Type.Boolean()),
      interfaces: optional(Type.Array(captureInterface, { maxItems: 16 })),
    },
    strict,
  ),
  captureEnd: Type.Object(
    {
      ...counts,
      t: Type.Literal('captureEnd'),
      at: ns,
      truncated: Type.Boolean(),
      interfaces: Type.Array(captureInterface, { maxItems: 16 }),
    },
    strict,
  ),
} as const;

type Kinds = keyof typeof kernelSchemas;
export type KernelMessage = { [K in Kinds]: Static<(typeof kernelSchemas)[K]> }[Kinds];
const checks = checksOf(kernelSchemas, 'kernel.');

const types = new Set([
  'event',
  'place',
  'traffic',
  'sizes',
  'queue',
  'lookup',
  'listenOverflow',
  'conntrack',
  'capture',
  'captureEnd',
]);

/** The message if it is one of these and holds; else what is wrong with it; undefined: it is none of these. */
export function kernelMessage(message: OtherMessage): { message: KernelMessage } | { error: string } | undefined {
  const { t, kind } = message;
  if (!types.has(t)) return undefined;
  const key = t === 'event' ? String(kind) : t === 'listenOverflow' ? 'listening' : t;
  if (!Object.hasOwn(kernelSchemas, key) || (t === 'event' && !Object.hasOwn(events, key)))
    return { error: `${t} ${key}` };
  const check = checks[key as Kinds];
  if (check.passes(message)) return { message: message as unknown as KernelMessage };
  const first = check.firstError(message);
  return { error: `${key}${first?.instancePath ?? ''} ${first?.message ?? 'is not valid'}` };
}
