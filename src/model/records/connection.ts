/** Dial, lookup, connection: the layers below a request. */
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
  list,
  missing,
  optional,
  record,
  ref,
  refs,
  text,
  words,
} from '../base/schema';
import { abort, address, callSite, chunks, errorInfo, frames, keepAlive } from './common';
import { dnsRecord, skippedServer } from './dns';
import { kernelTotals, route } from './kernel';

export const dial = record(
  {
    id: id('Id of the dial.'),
    thread: ref('threads', 'Thread that dialled.'),
    request: optional(
      ref('requests', 'Request that triggered it; it may serve another. Absent: raw socket, or not known.'),
    ),
    callSite: optional(callSite('Code that dialled; only when there is no request.')),
    via: optional(words(['agent', 'undici', 'http2', 'net', 'tls', 'dgram', 'websocket'], 'Who dialled.')),
    agent: optional(count('Number of the pool object in its isolate.')),
    host: optional(text('Host as asked.')),
    port: optional(integer('Port as asked.')),
    path: optional(text('Path of a Unix socket.')),
    family: optional(integer('Address family asked for: 4 or 6; absent: any.')),
    localAddress: optional(text('Local address the program bound; absent: the kernel chose.')),
    purpose: optional(words(['direct', 'proxy'], 'proxy: host is the proxy’s.')),
    pool: optional(
      record(
        {
          free: optional(count('Idle connections of this origin.')),
          busy: optional(count('Connections in use.')),
          pending: optional(count('Requests waiting.')),
          limit: optional(count('Most connections allowed; absent: no limit.')),
        },
        'The origin’s pool when the dial began: why it was new.',
      ),
    ),
    beginAt: optional(instant('Dial began. Absent if the line that said so was lost.')),
    endAt: optional(instant('TCP result (TLS is the tunnel’s).')),
    lookup: optional(ref('lookups', 'Its lookup. Absent: address literal, Unix socket, or not seen.')),
    attempts: optional(refs('connections', 'Connection attempts in start order.')),
    connection: optional(ref('connections', 'Attempt that won.')),
    attemptLimit: optional(duration('Time given to each address; absent: no Happy Eyeballs.')),
    mocked: optional(flag('True: what is below the socket is a mock; no connection was made.')),
    error: optional(errorInfo('Why no connection was made.')),
    abort: optional(abort),
    lost: optional(Type.Array(Type.String(), { description: 'Which of its event lines are missing.' })),
    missing,
    by,
  },
  'One call that makes a connection.',
);
export type Dial = Static<typeof dial>;

export const lookup = record(
  {
    id: id('Id of the lookup.'),
    thread: ref('threads', 'Thread that asked.'),
    dial: optional(ref('dials', 'Dial it was for. Absent: called by the program itself.')),
    callSite: optional(callSite('Code that asked; only when there is no dial.')),
    call: optional(text('`lookup`, `resolve4` …, `custom` (the program’s own function), `own`.')),
    hostname: optional(text('Name asked for.')),
    options: optional(
      record(
        {
          family: optional(integer('4, 6 or 0 for any.')),
          all: optional(flag('All addresses asked for.')),
          order: optional(text('Order in force: verbatim, ipv4first, ipv6first. Absent: verbatim, not asked for.')),
          hints: optional(integer('getaddrinfo hints.')),
          type: optional(text('Record type asked for.')),
        },
        'Options of the call.',
      ),
    ),
    beginAt: optional(instant('Call.')),
    endAt: optional(instant('Answer.')),
    poolWaitDuration: optional(
      duration(
        'Wait for a libuv thread. Absent: not measured, or less than 1 ms, which cannot be distinguished from the rest.',
      ),
    ),
    system: optional(
      record(
        {
          beginAt: instant('Its begin, on a thread of libuv: before that the lookup waited for the thread.'),
          endAt: instant('Its return.'),
          result: integer('0, or the code of the C library (`EAI_NONAME` is -2 with glibc).'),
        },
        'The call of the C library’s `getaddrinfo`, as a probe of the kernel’s saw it. Absent: not probed, or none was seen.',
      ),
    ),
    answeredBy: optional(
      words(['getaddrinfo', 'hosts', 'network', 'cache', 'custom'], 'Origin of the answer; absent: not known.'),
    ),
    addresses: optional(
      list(
        record(
          {
            address: text('IP address.'),
            family: optional(integer('4 or 6.')),
            ttl: optional(integer('Time to live in seconds.')),
          },
          'One address.',
        ),
        'Addresses in the order given to the caller.',
      ),
    ),
    records: optional(list(dnsRecord, 'Records of a resolve call, the first 16.')),
    service: optional(
      record(
        {
          port: optional(integer('Port asked for.')),
          hostname: optional(text('Name given for the address. Absent: none.')),
          name: optional(text('Name given for the port. Absent: none.')),
        },
        'Of a `lookupService` call, what it asked for beside the address, and what it gave.',
      ),
    ),
    servers: optional(Type.Array(Type.String(), { description: 'Name servers.' })),
    skippedServers: optional(list(skippedServer, 'Name servers passed over; only by our own resolver.')),
    rcode: optional(text('DNS response code in EVE’s words; absent with getaddrinfo.')),
    error: optional(errorInfo('Why there was no answer.')),
    inFlight: optional(count('Lookups of this process running when it began.')),
    lost: optional(Type.Array(Type.String(), { description: 'Which of its event lines are missing.' })),
    missing,
    by,
  },
  'One DNS lookup.',
);
export type Lookup = Static<typeof lookup>;

export const connection = record(
  {
    id: id('Id of the connection.'),
    thread: optional(ref('threads', 'Thread that owns it; absent: seen by the kernel only.')),
    dial: optional(ref('dials', 'Its dial; absent: not seen made, or incoming.')),
    kind: optional(words(['tcp', 'udp', 'unix'], 'Kind of socket.')),
    direction: optional(words(['out', 'in'], 'Who began it.')),
    local: optional(address('Own end. Absent for an attempt that lost: only the kernel knows it.')),
    remote: optional(address('Other end. Absent: unconnected UDP, Unix socket.')),
    path: optional(text('Path of a Unix socket.')),
    connect: optional(
      record(
        {
          beginAt: optional(instant('Attempt began. Absent where the runtime does not report when.')),
          endAt: optional(instant('Its result.')),
          result: optional(words(['connected', 'failed', 'timedOut', 'cancelled'], 'Result; absent: still trying.')),
          error: optional(errorInfo('Why it failed.')),
        },
        'The connection attempt.',
      ),
    ),
    createdAt: optional(instant('Socket created (UDP).')),
    protocol: optional(words(['http/1.1', 'h2', 'websocket', 'dns'], 'Protocol last agreed; absent: raw.')),
    tunnel: optional(
      record(
        {
          request: optional(ref('requests', 'The CONNECT.')),
          host: optional(text('Host behind the proxy.')),
          port: optional(integer('Port behind the proxy.')),
          establishedAt: optional(instant('Tunnel stood.')),
        },
        'CONNECT that made it a tunnel.',
      ),
    ),
    upgrade: optional(
      record(
        {
          request: optional(ref('requests', 'Request that asked for the switch.')),
          protocol: optional(text('Protocol agreed, as the reply named it.')),
          at: optional(instant('Reply seen.')),
          chunksSent: optional(
            chunks(
              'Pieces that the program wrote after the switch (a frame of a WebSocket in one or two, or several in one). Absent: not seen.',
            ),
          ),
          chunksReceived: optional(
            chunks('Pieces that came after the switch, as the socket gave them. Absent: not seen.'),
          ),
          framesSent: optional(
            frames('Frames of a WebSocket that the program sent. Absent: none, or another protocol.'),
          ),
          framesReceived: optional(frames('Frames of a WebSocket that came. Absent: none, or another protocol.')),
        },
        'Protocol switch: what the connection carried after it, above TLS. Absent: none.',
      ),
    ),
    goaway: optional(
      record(
        {
          at: instant('GOAWAY seen.'),
          code: integer('Its error code; 0: an orderly end.'),
          name: text('`NGHTTP2_NO_ERROR` …'),
          lastStreamId: integer('Last stream that the peer took up: later ones may be sent again.'),
        },
        'The peer’s last GOAWAY (HTTP/2). Absent: none.',
      ),
    ),
    requestCount: optional(count('Requests whose head was sent on it; exact even when they were evicted.')),
    bytesSent: optional(bytes('Payload sent at the socket, TLS records included. Absent while open and not read.')),
    bytesReceived: optional(
      bytes('Payload received at the socket, TLS records included. Absent while open and not read.'),
    ),
    datagramsSent: optional(count('UDP datagrams sent.')),
    datagramsReceived: optional(count('UDP datagrams received.')),
    readEndAt: optional(instant('The peer’s FIN was seen.')),
    writeEndAt: optional(instant('Own end was sent.')),
    closedAt: optional(instant('Handle closed.')),
    closedBy: optional(
      words(
        ['local', 'localReset', 'peer', 'peerReset', 'timeout', 'processExit'],
        'Who closed; absent: open, or not known.',
      ),
    ),
    error: optional(errorInfo('Error of the socket after it was connected.')),
    options: optional(
      record(
        {
          noDelay: optional(flag('TCP_NODELAY set.')),
          keepAlive: optional(flag('SO_KEEPALIVE set.')),
          keepAliveDelay: optional(duration('First probe after.')),
          timeout: optional(duration('Idle timeout set.')),
        },
        'Socket options the program set; only those.',
      ),
    ),
    keepAliveHint: optional(keepAlive),
    fromResolver: optional(flag('True: a DNS socket.')),
    earlierTrace: optional(
      flag('True: was there before tracing began or the trace was cleared, or in an earlier trace of the program.'),
    ),
    cookie: optional(text('Kernel’s socket cookie: the join key.')),
    inode: optional(integer('Socket inode.')),
    cgroup: optional(integer('cgroup id.')),
    netns: optional(integer('Inode of its network namespace, as `lsns` shows it.')),
    uid: optional(integer('Owner.')),
    route: optional(route),
    kernel: optional(kernelTotals),
    lost: optional(Type.Array(Type.String(), { description: 'Which of its event lines are missing.' })),
    missing,
    by,
  },
  'One kernel socket, established or not. Each connection attempt is one.',
);
export type Connection = Static<typeof connection>;
