/** DNS messages and their contents. */
import type { Static } from 'typebox';
import {
  by,
  bytes,
  count,
  flag,
  id,
  instant,
  integer,
  list,
  missing,
  optional,
  record,
  ref,
  text,
  words,
} from '../base/schema';
import { address, errorInfo } from './common';

export const dnsRecord = record(
  {
    name: text('Owner name.'),
    type: text('A, AAAA, CNAME …; TYPE and a number for one without a name.'),
    class: text('IN, CS, CH, HS, NONE, ANY; CLASS and a number for another.'),
    ttl: optional(integer('Time to live in seconds. Absent: the call does not report it.')),
    value: optional(text('Data in the notation of zone files, cut at 256 bytes. Absent: a type that is not decoded.')),
  },
  'One resource record.',
);

/** Why the next server was asked after one that had been asked. */
export const triedReasons = [
  'timeout',
  'refused',
  'unreachable',
  'server-fail',
  'not-implemented',
  'query-refused',
  'format-error',
] as const;

export const skippedServer = record(
  {
    server: text('Name server.'),
    why: optional(words([...triedReasons, 'invalid'], 'Why the next one was asked. Absent: not reported.')),
  },
  'A name server that was passed over.',
);

const question = record(
  {
    name: text('Name asked for.'),
    type: text('Record type.'),
    class: text('Class.'),
  },
  'One question.',
);

const query = record(
  {
    at: instant('Given to the socket.'),
    id: integer('Message id.'),
    recursionDesired: flag('RD.'),
    truncated: flag('TC.'),
    size: bytes('Size of the message.'),
    optUdpPayloadSize: optional(bytes('Payload size that its OPT record offers; absent: no OPT record.')),
    questions: list(question, 'Questions.'),
  },
  'A query.',
);

const reply = record(
  {
    at: instant('Taken from the socket.'),
    id: integer('Message id.'),
    authoritative: flag('AA.'),
    recursionAvailable: flag('RA.'),
    truncated: flag('TC.'),
    size: bytes('Size of the message.'),
    optUdpPayloadSize: optional(bytes('Payload size of its OPT record; absent: no OPT record.')),
    rcode: text('Response code in EVE’s words; rcode- and a number for another.'),
    answers: list(dnsRecord, 'Answer section, the first 16.'),
  },
  'A reply.',
);

export const dnsExchange = record(
  {
    id: id('Id of the exchange.'),
    thread: optional(ref('threads', 'Thread whose socket spoke; absent: seen on the wire only.')),
    lookup: optional(ref('lookups', 'Lookup it was for. Absent: the program spoke DNS by itself.')),
    connection: optional(ref('connections', 'UDP or TCP socket it went over. Absent: that socket was not recorded.')),
    server: optional(address('Name server.')),
    transport: optional(words(['udp', 'tcp'], 'Transport.')),
    beginAt: optional(instant('Socket made, or first message.')),
    endAt: optional(instant('Reply, failure, or timeout. Absent: no reply was seen.')),
    error: optional(errorInfo('Why there was no reply.')),
    followUpOf: optional(ref('dnsExchanges', 'Exchange whose reply was truncated: this one asks again over TCP.')),
    queries: optional(list(query, 'Queries in order. Absent: messages were not recorded.')),
    replies: optional(list(reply, 'Replies in order. Absent: messages were not recorded.')),
    missing,
    by,
  },
  'DNS messages exchanged with one name server over one socket.',
);
export type DnsExchange = Static<typeof dnsExchange>;

/** What the socket of an exchange carried, where it is the resolver’s own. */
export const dnsSocket = record(
  {
    id: count('Id of the connection.'),
    local: optional(address('Own end.')),
    connectedAt: optional(instant('TCP: connected.')),
    closedAt: optional(instant('Closed.')),
    bytesSent: optional(bytes('Payload sent.')),
    bytesReceived: optional(bytes('Payload received.')),
    datagramsSent: optional(count('Datagrams sent.')),
    datagramsReceived: optional(count('Datagrams received.')),
    error: optional(errorInfo('Why it failed.')),
  },
  'Socket of the resolver.',
);
