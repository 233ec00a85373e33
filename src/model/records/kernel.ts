/** What the kernel knows of a connection, by the native helper: samples, totals, a request's own share of them. */
import type { Static } from 'typebox';
import * as Type from 'typebox';
import {
  by,
  bytes,
  count,
  decimal,
  duration,
  flag,
  id,
  instant,
  integer,
  list,
  optional,
  record,
  ref,
  text,
  words,
} from '../base/schema';

const figures = {
  state: optional(text('State of the socket: `established`, `closeWait`, `close` …')),
  rtt: optional(duration('Smoothed round-trip time. Absent: none was measured.')),
  rttVariance: optional(duration('Its mean deviation.')),
  minRtt: optional(duration('Smallest round-trip time of the last minutes. Absent: none was measured.')),
  receiveRtt: optional(duration('Round-trip time as the receiver estimates it. Absent: not estimated.')),
  retransmitTimeout: optional(duration('Time after which an unanswered segment is sent again.')),
  congestionWindow: optional(count('Segments that may be on their way.')),
  slowStartThreshold: optional(count('Segments where slow start ends. Absent: never set, nothing was lost yet.')),
  mss: optional(bytes('Largest segment it sends.')),
  pathMtu: optional(bytes('Largest packet of the path, as known.')),
  congestionControl: optional(text('Algorithm: `cubic`, `bbr` …')),
  bytesSent: optional(bytes('Payload given to the network, repeated segments included.')),
  bytesAcked: optional(bytes('Acknowledged by the peer, as the kernel counts: SYN and FIN are one byte each.')),
  bytesRetransmitted: optional(bytes('Of those sent, repeated.')),
  bytesReceived: optional(bytes('Payload received in order, as the kernel counts: a FIN is one byte.')),
  segmentsSent: optional(count('Segments sent, empty ones included.')),
  segmentsReceived: optional(count('Segments received, empty ones included.')),
  dataSegmentsSent: optional(count('Segments with payload sent.')),
  dataSegmentsReceived: optional(count('Segments with payload received.')),
  retransmits: optional(count('Segments repeated.')),
  timeouts: optional(count('Retransmit timeouts.')),
  backoff: optional(
    count(
      'How often it doubled the time it waits for an answer: to what it sends again, or to its question whether the window is open.',
    ),
  ),
  lost: optional(count('Segments that are thought lost and not yet repeated.')),
  duplicateSacks: optional(count('Segments that the peer says it got twice: repeated in vain.')),
  reorderings: optional(count('How often segments were seen to arrive in another order.')),
  outOfOrder: optional(count('Segments that came before one that they follow.')),
  ecnMarks: optional(count('Segments that were delivered with a mark of congestion.')),
  deliveryRate: optional(count('Bytes a second lately delivered. Absent: not measured.')),
  deliveryRateAppLimited: optional(flag('True: the program gave too little to measure the path’s rate.')),
  busyDuration: optional(duration('Time with something to send.')),
  rwndLimitedDuration: optional(duration('Of it, held up by the peer’s receive window.')),
  sndbufLimitedDuration: optional(duration('Of it, held up by our send buffer.')),
  sendWindow: optional(bytes('The peer’s receive window. 0: it takes nothing now.')),
  receiveWindow: optional(bytes('Our receive window as announced to the peer.')),
  unacked: optional(count('Segments on their way.')),
  notSentBytes: optional(bytes('Given by the program, not sent yet.')),
  receiveQueueBytes: optional(bytes('Arrived, not read by the program yet.')),
  sendQueueBytes: optional(bytes('Given by the program, not acknowledged yet.')),
  memory: optional(
    record(
      {
        receiveAllocated: optional(bytes('Held for what arrived.')),
        receiveBuffer: optional(bytes('Limit of that.')),
        sendAllocated: optional(bytes('Held for what is sent.')),
        sendBuffer: optional(bytes('Limit of that.')),
        forwardAllocated: optional(bytes('Reserved.')),
        sendQueued: optional(bytes('In the send queue.')),
        options: optional(bytes('For options.')),
        backlog: optional(bytes('Waiting for the socket’s lock.')),
        drops: optional(count('Packets or datagrams dropped at this socket.')),
      },
      'Memory of the socket. Absent: it has ended.',
    ),
  ),
};

const absent = 'A field is absent when this kernel does not have it, or says that there is none.';

export const kernelTotals = record(
  {
    at: instant('When they were taken.'),
    final: optional(flag('True: the last figures of the ended socket.')),
    ...figures,
    packetsSent: optional(count('Segments sent, as they passed the network layer.')),
    packetsReceived: optional(count('Segments received, likewise.')),
    ipBytesSent: optional(bytes('Of IP, before segments are cut: one header for all pieces.')),
    ipBytesReceived: optional(bytes('Of IP received, likewise.')),
    ecnMarksReceived: optional(count('Packets that came marked for congestion.')),
    drops: optional(count('Packets that the kernel of this machine dropped. Absent: none was seen.')),
    sendSizes: optional(
      Type.Array(Type.Integer({ minimum: 0 }), {
        description: 'How many calls sent 2ⁿ to 2ⁿ⁺¹-1 bytes, by n. Absent: none was seen.',
      }),
    ),
    receiveSizes: optional(
      Type.Array(Type.Integer({ minimum: 0 }), {
        description: 'How many calls received 2ⁿ to 2ⁿ⁺¹-1 bytes, by n. Absent: none was seen.',
      }),
    ),
    qdiscPackets: optional(count('Packets that waited for the device. Absent: it has no queue.')),
    qdiscDuration: optional(duration('How long, all together. Absent: likewise.')),
    qdiscLongest: optional(duration('The longest of them. Absent: likewise.')),
    by,
  },
  `The kernel’s totals since the connection began, last known or final. Source: inetDiag; of those that \`by\` names: bpf. ${absent}`,
);
export type KernelTotals = Static<typeof kernelTotals>;

export const kernelSample = record(
  {
    id: id('Id: s- and a number.'),
    connection: ref('connections', 'Connection.'),
    at: instant('Right before the kernel was asked.'),
    trigger: words(
      ['connect', 'requestBegin', 'firstByte', 'requestEnd', 'interval', 'close'],
      'Why it was taken: what the hook reported, some milliseconds earlier; close: the last figures.',
    ),
    ...figures,
  },
  'Figures of a connection at one instant: those that changed since the sample before. Source: inetDiag.',
);
export type KernelSample = Static<typeof kernelSample>;

export const requestKernel = record(
  {
    windowBeginAt: instant('Last sample before the request; on a new connection its begin.'),
    windowEndAt: instant('First sample after it.'),
    samples: count('Samples in the window, its ends included.'),
    shared: flag(
      'True: other requests were on the connection in this window; the figures are of all of them, never divided.',
    ),
    retransmits: optional(count('Segments repeated.')),
    bytesRetransmitted: optional(bytes('Payload repeated.')),
    bytesSent: optional(bytes('Payload sent, repeated segments included.')),
    bytesReceived: optional(bytes('Payload received; a FIN is one byte.')),
    segmentsSent: optional(count('Segments sent.')),
    segmentsReceived: optional(count('Segments received.')),
    busyDuration: optional(duration('Time with something to send.')),
    rwndLimitedDuration: optional(duration('Of it, held up by the peer’s receive window.')),
    sndbufLimitedDuration: optional(duration('Of it, held up by our send buffer.')),
    rttBegin: optional(duration('Smoothed round-trip time at the window’s begin. Absent on a new connection.')),
    rttEnd: optional(duration('And at its end.')),
    minRtt: optional(duration('Smallest round-trip time of the connection, at the window’s end.')),
    firstByteAt: optional(instant('First byte of the response in the socket. Needs BPF or a capture.')),
    deliveryDuration: optional(duration('From there to the program. Needs BPF or a capture.')),
    by,
  },
  'Kernel statistics of the request’s own time: differences between the samples next to it. Source: inetDiag.',
);
export type RequestKernel = Static<typeof requestKernel>;

export const route = record(
  {
    interface: optional(text('Interface that the packets leave by.')),
    mtu: optional(bytes('Largest packet: of the route where it says one, else of the interface.')),
    nextHop: optional(text('Router. Absent: the peer is reached directly.')),
    source: optional(text('Source address that the route prefers.')),
  },
  'Way to the peer when the connection was first seen. Source: netlink.',
);
export type Route = Static<typeof route>;

export const systemCounters = record(
  {
    beginAt: instant('First reading.'),
    endAt: instant('Last reading.'),
    by: optional(text('Source: procfs.')),
    values: Type.Record(Type.String(), Type.Integer(), {
      description:
        'Counter → difference, names as nstat has them (`TcpRetransSegs`). The well-known ones always, others only if they moved.',
    }),
  },
  'Counters of the whole network namespace, all programs in it, as difference over the trace. Absent without helper.',
);

const since = (what: string) => optional(count(`${what} Difference over the trace.`));
export const networkInterface = record(
  {
    name: text('Name.'),
    mtu: optional(bytes('Largest packet.')),
    rxPackets: since('Packets received.'),
    txPackets: since('Packets sent.'),
    rxBytes: since('Bytes received.'),
    txBytes: since('Bytes sent.'),
    rxErrors: since('Broken packets received.'),
    txErrors: since('Packets that could not be sent.'),
    rxDropped: since('Packets received and dropped.'),
    txDropped: since('Packets dropped before they were sent.'),
    multicast: since('Multicast packets received.'),
    collisions: since('Collisions.'),
    rxLengthErrors: since('Packets of a wrong length.'),
    rxOverErrors: since('Packets that found no room.'),
  },
  'A network interface. Source: netlink.',
);
export type NetworkInterface = Static<typeof networkInterface>;

export const clockSample = record(
  {
    at: instant('CLOCK_MONOTONIC.'),
    boottimeNs: decimal('CLOCK_BOOTTIME at that instant in ns.'),
    realtimeNs: decimal('CLOCK_REALTIME at that instant in ns.'),
    uncertaintyNs: optional(integer('How far the three may be apart.')),
  },
  'The kernel’s clocks at one instant, by the helper: at its begin and every 10 s.',
);
export type ClockSample = Static<typeof clockSample>;

export const kernelSamples = optional(
  list(kernelSample, 'Samples by instant, bounded for each connection. Absent without helper.'),
);
