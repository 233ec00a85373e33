/** Captured packets: the captures, and what is known of each packet. Their bytes are never in a trace. */
import type { Static } from 'typebox';
import * as Type from 'typebox';
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
import { phaseNames } from './common';

export const capture = record(
  {
    id: id('Id of the capture.'),
    engine: words(['helper', 'dumpcap', 'cap'], 'What captured.'),
    interfaces: list(
      record(
        {
          name: text('Interface.'),
          linkType: text('ethernet, linuxCooked, loopback, raw, or the number of another.'),
          received: optional(count('Packets that passed its filter, of other programs too. Absent: not reported.')),
          dropped: optional(count('Of them dropped, as the engine did not keep up. Absent: not reported.')),
        },
        'One interface.',
      ),
      'Interfaces captured.',
    ),
    filter: optional(text('Filter in the kernel, in words of libpcap. Absent: none, or not reported.')),
    snaplen: optional(bytes('Kept of each packet at most.')),
    limit: optional(bytes('Kept of all packets together at most.')),
    headersOnly: optional(flag('True: TCP without its payload.')),
    beginAt: optional(instant('Capturing on all interfaces.')),
    endAt: optional(instant('End. Absent: goes on, or it was lost.')),
    packets: count('Packets kept: of traced connections and their DNS, and those asked for. Exact.'),
    bytes: bytes('Their bytes as kept. Exact.'),
    dropped: optional(count('Packets that the engine dropped, of any program. Absent: not known, or not yet.')),
    timestamps: optional(words(['kernel', 'user'], 'Whose clock stamped them; user: late by an unknown time.')),
    truncated: flag('The limit was reached: later packets are not there.'),
    hasKeys: optional(flag('TLS secrets were recorded with it; never in this file.')),
    file: optional(text('Name of the file that holds the bytes. Absent: they were not saved with the trace.')),
    lacks: optional(Type.Array(Type.String(), { description: 'What the engine cannot do, in words.' })),
    missing,
    by,
  },
  'One capture of packets.',
);
export type Capture = Static<typeof capture>;

export const packetRef = record(
  {
    capture: ref('captures', 'Its capture.'),
    frame: optional(integer('Its number in the file of all packets, from 1. Absent while packets are captured.')),
    at: instant('Stamped by the engine.'),
    transport: optional(words(['tcp', 'udp', 'icmp', 'arp'], 'What it is.')),
    connection: optional(ref('connections', 'Connection it belongs to; of an ICMP error: that it is about.')),
    exchange: optional(ref('dnsExchanges', 'DNS messages it belongs to.')),
    direction: optional(words(['out', 'in'], 'From or to this machine’s end of the connection. Absent: not known.')),
    length: bytes('On the wire, with link header.'),
    capturedLength: bytes('Kept of it.'),
    payload: optional(bytes('After the transport header. Absent: no TCP or UDP.')),
    flags: optional(text('Of TCP, as tcpdump writes them: S, S., P., F., R and so on.')),
    note: optional(
      text('What it is in words: SYN, TLS ClientHello, retransmission, DNS A and a name. Absent: nothing.'),
    ),
    phase: optional(words(phaseNames, 'Phase of the request that it fell into. Absent: none.')),
    request: optional(
      ref('requests', 'The one request of its connection that went on then. Absent: none, or several.'),
    ),
  },
  'What is known of one captured packet.',
);
export type PacketRef = Static<typeof packetRef>;
