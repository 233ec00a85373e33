/** The document: one saved trace. */
import type { Static } from 'typebox';
import * as Type from 'typebox';
import {
  bytes,
  count,
  decimal,
  duration,
  flag,
  id,
  instant,
  list,
  maskedText,
  openEntity,
  optional,
  record,
  text,
  wallTime,
  words,
} from '../base/schema';
import { eventLoopDelay, finding, pause } from './analysis';
import { capture, packetRef } from './capture';
import { loss } from './common';
import { connection, dial, lookup } from './connection';
import { conntrackEntry } from './conntrack';
import { dnsExchange } from './dns';
import { clockSample, kernelSamples, networkInterface, systemCounters } from './kernel';
import { kernelEvents } from './kernelEvent';
import { socketOperation } from './operation';
import { process } from './process';
import { request } from './request';
import { certificate, tlsTunnel } from './tls';
import { tracer } from './tracer';

/** Version of the native format that this program writes. */
export const formatVersion = '1.0';

const limits = Type.Record(Type.String(), Type.Number(), {
  description: 'Bounds in force: requests, chunkMarks, kernelSamples …',
});

export const settings = record(
  {
    headerLevel: optional(words(['off', 'names', 'lengths', 'values'], 'How much of headers is recorded.')),
    excludeHeaders: optional(Type.Array(Type.String(), { description: 'Headers never recorded.' })),
    maskedParameters: optional(
      Type.Array(Type.String(), { description: 'Query parameters masked beyond the well-known ones.' }),
    ),
    bodies: optional(text('off, or the cap of recorded bodies.')),
    callSites: optional(Type.Union([Type.String(), Type.Number()], { description: 'all, off, or how many a second.' })),
    socketOperations: optional(flag('Socket operations were recorded.')),
    kernelInterval: optional(duration('Between two kernel samples.')),
    samplingModulus: optional(count('1: every request in detail.')),
    limits: optional(limits),
  },
  'What was in force, so that absence can be explained.',
);

export const source = record(
  {
    name: words(
      [
        'hook',
        'debugger',
        'inetDiag',
        'bpf',
        'conntrack',
        'capture',
        'resolver',
        'procfs',
        'netlink',
        'analysis',
        'import',
      ],
      'Source.',
    ),
    state: words(['on', 'off', 'partial', 'unavailable'], 'Its state.'),
    reason: optional(
      words(['notAsked', 'noHelper', 'noRights', 'notLoaded', 'kernelTooOld', 'platform', 'fault'], 'Why not on.'),
    ),
    detail: optional(text('In words.')),
    features: optional(Type.Array(Type.String(), { description: 'What it records.' })),
    fromAt: optional(instant('Since when.')),
    toAt: optional(instant('Until when.')),
  },
  'One source of facts.',
);
export type Source = Static<typeof source>;

export const counts = record(
  {
    requests: count('Requests seen.'),
    failed: count('Requests that failed: outcome failed, or aborted by a timer.'),
    connections: count('Connections established.'),
    lookups: count('Lookups.'),
    bytesSent: optional(
      bytes(
        'Payload sent on closed connections and by requests on open ones. Absent: not known, as in an imported file.',
      ),
    ),
    bytesReceived: optional(bytes('Payload received, likewise.')),
    pipes: optional(
      record(
        {
          connections: count('Established.'),
          bytesSent: bytes('Payload sent on those that closed.'),
          bytesReceived: bytes('Payload received, likewise.'),
        },
        'Of `connections` and the bytes, the part of Unix sockets and named pipes that carried no request, such as the channel between a program and its child. Absent: none.',
      ),
    ),
    evictedRequests: count('Requests evicted from the store.'),
    incoming: optional(count('Requests that the program answered. Absent: not recorded.')),
    counted: optional(
      count('Of `requests`, those without a record, as sampling left them out. Absent: every one has, or had, one.'),
    ),
    untraced: optional(
      count(
        'Requests that were seen but not traced: they matched no trace rule, or one whose limit was reached. Not among `requests`. Absent: none.',
      ),
    ),
    totals: optional(
      record(
        {
          serverErrors: count('Answered 5xx.'),
          clientErrors: count('Answered 4xx.'),
          aborted: count('Given up by the program.'),
          interrupted: count('Cut by the end of the program.'),
          reuses: count('Requests on a connection that had carried one before.'),
          bytesSent: bytes('Payload sent by requests.'),
          bytesReceived: bytes('Payload received by requests.'),
        },
        'Sums over all requests, evicted ones too. Absent: none was evicted, so the requests have them.',
      ),
    ),
  },
  'Exact whatever was evicted.',
);
export type Counts = Static<typeof counts>;

export const traceRule = record(
  {
    id: id('UUID.'),
    description: optional(text('In the user’s words.')),
    target: optional(openEntity('process, thread.')),
    condition: optional(text('Query; "" = all.')),
    limit: optional(count('Most requests a process; absent: none.')),
    sample: optional(count('Records 1 in N matches in detail and counts the others; absent: all.')),
    enabled: optional(flag('In force.')),
    createdTime: optional(wallTime('Created.')),
    owner: optional(text('Who made it.')),
    state: optional(words(['created', 'enabled', 'disabled', 'limitReached'], 'State.')),
    matched: optional(
      list(record({ thread: text('Thread.'), count: count('Matches.') }, 'Matches of a thread.'), 'Matches by thread.'),
    ),
  },
  'What was asked to be traced.',
);
export type TraceRule = Static<typeof traceRule>;

export const trace = record(
  {
    format: Type.Literal('nettrace', { description: 'Marks the file.' }),
    version: text('Format version: a reader of 1.x reads any 1.y.'),
    id: id('UUID of the trace.'),
    producer: record({ name: text('Program.'), version: text('Its version.') }, 'Program that wrote the file.'),
    description: optional(maskedText('The user’s words.')),
    beginTime: wallTime('Wall clock at instant 0, taken before the program starts.'),
    beginMonotonicNs: optional(decimal('CLOCK_MONOTONIC at instant 0 in ns; absent in imports.')),
    endAt: optional(instant('End; absent: running.')),
    state: words(['running', 'ended', 'interrupted'], 'interrupted: the session lost the program.'),
    host: optional(
      record(
        {
          os: optional(text('Operating system.')),
          arch: optional(text('Processor.')),
          kernel: optional(text('Kernel release.')),
          bootId: optional(text('Boot id.')),
          name: optional(text('Host name; only if the user allows it.')),
        },
        'Machine.',
      ),
    ),
    settings: optional(settings),
    sources: list(source, 'Each source once.'),
    tracer: optional(tracer),
    clockSamples: optional(list(clockSample, 'Clocks, by the helper. Absent without it.')),
    counts,
    systemCounters: optional(systemCounters),
    interfaces: optional(list(networkInterface, 'Network interfaces. Absent without helper.')),
    processes: list(process, 'Processes.'),
    requests: list(request, 'Requests by first instant.'),
    dials: list(dial, 'Dials.'),
    lookups: list(lookup, 'Lookups.'),
    dnsExchanges: optional(list(dnsExchange, 'DNS messages seen. Absent: nothing looked for them.')),
    connections: list(connection, 'Connections, attempts included.'),
    tlsTunnels: list(tlsTunnel, 'TLS tunnels.'),
    certificates: list(certificate, 'Certificates, each once.'),
    socketOperations: optional(list(socketOperation, 'Socket operations, by instant.')),
    kernelSamples,
    kernelEvents,
    conntrackEntries: optional(
      list(conntrackEntry, 'Connection tracking, one entry a connection. Absent: not asked for, or no permission.'),
    ),
    captures: optional(list(capture, 'Packet captures. Absent: none was asked for.')),
    packets: optional(
      list(packetRef, 'Packets, by instant, the first 20,000; never their bytes. Absent: no capture was asked for.'),
    ),
    traceRequests: optional(list(traceRule, 'What was asked to be traced.')),
    pauses: optional(list(pause, 'Pauses.')),
    eventLoopDelays: optional(list(eventLoopDelay, 'Event-loop delays.')),
    losses: list(loss, 'What was seen but is not in the trace.'),
    findings: optional(list(finding, 'What the analysis found.')),
    analysedRequests: optional(
      count('Requests that the findings were made from: the last ones. Absent: all that are in the trace.'),
    ),
  },
  'A trace of a program’s outgoing HTTP requests.',
);
export type Trace = Static<typeof trace>;
