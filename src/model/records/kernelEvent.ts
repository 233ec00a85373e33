/** What the kernel said of a connection as it happened: by small programs in the kernel, or by packets (ICMP). */
import type { Static } from 'typebox';
import * as Type from 'typebox';
import {
  by,
  bytes,
  count,
  duration,
  flag,
  id,
  instant,
  integer,
  optional,
  record,
  ref,
  text,
  words,
} from '../base/schema';
import { address } from './common';

export const kernelEvent = record(
  {
    id: id('Id: e- and a number.'),
    connection: optional(ref('connections', 'Connection. Absent: not joined.')),
    at: instant('When it happened, by the kernel; of several folded into one, the first.'),
    endAt: optional(instant('The last of several folded into one. Absent: one.')),
    kind: words(
      [
        'state',
        'retransmit',
        'drop',
        'resetSent',
        'resetReceived',
        'icmp',
        'error',
        'udpError',
        'listenOverflow',
        'congestion',
        'firstByte',
        'delay',
      ],
      'What happened.',
    ),
    from: optional(text('State before: of the socket, or of its congestion control.')),
    to: optional(text('State after.')),
    duration: optional(
      duration(
        'state: time in the state before. firstByte: since the program sent. delay: the bytes lay in the socket. Absent: not known.',
      ),
    ),
    tcpState: optional(text('State of the socket. Absent: not reported.')),
    reason: optional(text('drop: the kernel’s name of the reason. Absent: this kernel has none.')),
    direction: optional(words(['sent', 'received'], 'drop: which way it went. Absent: not known.')),
    retransmitKind: optional(
      words(['rto', 'fast', 'tlp'], 'Timeout, reported by the peer, or probe. Absent: none of these.'),
    ),
    total: optional(count('retransmit: how many of the connection, with this one.')),
    bytes: optional(bytes('Of the packet (drop), of its payload (retransmit, firstByte), of the read (delay).')),
    error: optional(text('Error that the kernel has for the program.')),
    soft: optional(flag('True: it was not reported to the program yet.')),
    icmp: optional(
      record(
        {
          version: integer('4 or 6.'),
          type: integer('Type.'),
          code: integer('Code.'),
          mtu: optional(bytes('Largest packet, of a router that says so.')),
          from: text('Address that sent it.'),
        },
        'ICMP message about a packet of the connection.',
      ),
    ),
    place: optional(text('drop: function and offset in the kernel. Absent: only root may know.')),
    local: optional(address('listenOverflow: the listener. Absent: it is an event of a connection to it.')),
    waiting: optional(count('listenOverflow: connections in its queue. Absent: not reported.')),
    backlog: optional(count('listenOverflow: as the program asked for. Absent: not reported.')),
    pid: optional(integer('Process in whose call the kernel was. Absent: in none, or not known.')),
    count: optional(count('Repeats folded into one. Absent: one.')),
    request: optional(
      ref('requests', 'Request whose time it fell into. Absent: in none’s, or in that of several at once.'),
    ),
    by,
  },
  'One event. Source: bpf; of kind icmp: capture; listenOverflow with `local`: procfs.',
);
export type KernelEvent = Static<typeof kernelEvent>;

export const kernelEvents = optional(
  Type.Array(kernelEvent, {
    description: 'Events of the kernel, by instant. Absent: not asked for, or no permission.',
  }),
);
