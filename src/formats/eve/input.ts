/**
 * What an EVE HTTPTrace file must be to be read: as Go's decoder takes it. A field that is not there has its type's zero
 * value, a list may be null, fields that are not known are passed over; a value of another type is an error.
 */
import type { Static, TSchema } from 'typebox';
import * as Type from 'typebox';

const optional = Type.Optional;
const text = Type.String();
const number = (max: number) => Type.Integer({ minimum: 0, maximum: max });
const uint8 = number(0xff);
const uint16 = number(0xffff);
const uint32 = number(0xffff_ffff);
const uint64 = number(2 ** 64);
const flag = Type.Boolean();
const id = text;
/** `+12ms`, an absolute time, `undefined` or nothing. */
const time = Type.String({
  pattern:
    '^(|undefined|[+][0-9]{1,10}ms|[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2}))$',
});
const struct = <P extends Record<string, TSchema>>(properties: P) => Type.Object(properties);
const slice = <S extends TSchema>(item: S) => optional(Type.Union([Type.Array(item), Type.Null()]));
const pointer = <S extends TSchema>(item: S) => optional(Type.Union([item, Type.Null()]));

const addrTuple = struct({
  srcIP: optional(text),
  srcPort: optional(uint16),
  dstIP: optional(text),
  dstPort: optional(uint16),
});

const conntrack = struct({
  capturedAt: optional(time),
  status: optional(text),
  tcpState: optional(text),
  mark: optional(uint32),
  addrOrig: optional(addrTuple),
  addrReply: optional(addrTuple),
  packetsSent: optional(uint64),
  packetsRecv: optional(uint64),
  bytesSent: optional(uint64),
  bytesRecv: optional(uint64),
});

const socketOp = struct({
  type: optional(text),
  callAt: optional(time),
  returnAt: optional(time),
  returnErr: optional(text),
  remoteAddr: optional(text),
  dataLen: optional(uint32),
});

const socket = {
  traceID: optional(id),
  fromDial: optional(id),
  fromResolver: optional(flag),
  connCloseAt: optional(time),
  addrTuple: optional(addrTuple),
  totalSentBytes: optional(uint64),
  totalRecvBytes: optional(uint64),
  conntrack: pointer(conntrack),
  socketTrace: pointer(struct({ socketOps: slice(socketOp) })),
};

const tcpConn = struct({
  ...socket,
  handshakeBeginAt: optional(time),
  handshakeEndAt: optional(time),
  connected: optional(flag),
  reused: optional(flag),
});
const udpConn = struct({ ...socket, socketCreateAt: optional(time) });

const dial = struct({
  traceID: optional(id),
  dialBeginAt: optional(time),
  dialEndAt: optional(time),
  dialErr: optional(text),
  ctxCloseAt: optional(time),
  dstAddress: optional(text),
  resolverDials: slice(
    struct({
      dialBeginAt: optional(time),
      dialEndAt: optional(time),
      dialErr: optional(text),
      nameserver: optional(text),
      establishedConn: optional(id),
    }),
  ),
  skippedNameservers: slice(text),
  sourceIP: optional(text),
  establishedConn: optional(id),
});

const dnsQuery = struct({
  traceID: optional(id),
  fromDial: optional(id),
  connection: optional(id),
  dnsQueryMsgs: slice(
    struct({
      sentAt: optional(time),
      id: optional(uint16),
      recursionDesired: optional(flag),
      truncated: optional(flag),
      size: optional(uint32),
      questions: slice(struct({ name: optional(text), type: optional(text), class: optional(uint16) })),
      optUDPPayloadSize: optional(uint16),
    }),
  ),
  dnsReplyMsgs: slice(
    struct({
      recvAt: optional(time),
      id: optional(uint16),
      authoritative: optional(flag),
      recursionAvailable: optional(flag),
      truncated: optional(flag),
      size: optional(uint32),
      rCode: optional(text),
      answers: slice(
        struct({
          name: optional(text),
          type: optional(text),
          class: optional(uint16),
          ttl: optional(uint32),
          resolvedVal: optional(text),
        }),
      ),
    }),
  ),
});

const tlsTunnel = struct({
  traceID: optional(id),
  tcpConn: optional(id),
  handshakeBeginAt: optional(time),
  handshakeEndAt: optional(time),
  handshakeErr: optional(text),
  didResume: optional(flag),
  peerCerts: slice(
    struct({
      subject: optional(text),
      issuer: optional(text),
      notBefore: optional(time),
      notAfter: optional(time),
      isCA: optional(flag),
    }),
  ),
  cipherSuite: optional(uint16),
  negotiatedProto: optional(text),
  serverName: optional(text),
});

const headers = slice(struct({ fieldName: optional(text), fieldVal: optional(text), fieldValLen: optional(uint32) }));

const httpRequest = struct({
  traceID: optional(id),
  tcpConn: optional(id),
  tlsTunnel: optional(id),
  proxyTLSTunnel: optional(id),
  protoMajor: optional(uint8),
  protoMinor: optional(uint8),
  networkProxy: optional(text),
  reqSentAt: optional(time),
  reqMethod: optional(text),
  reqURL: optional(text),
  reqHeader: headers,
  reqContentLen: optional(uint64),
  reqError: optional(text),
  respRecvAt: optional(time),
  respStatusCode: optional(Type.Integer()),
  respHeader: headers,
  RespContentLen: optional(uint64),
});

export const eveInput = struct({
  description: optional(text),
  traceBeginAt: time,
  traceEndAt: optional(time),
  uuid: optional(text),
  netTracePath: optional(text),
  dials: slice(dial),
  tcpConns: slice(tcpConn),
  udpConns: slice(udpConn),
  dnsQueries: slice(dnsQuery),
  tlsTunnels: slice(tlsTunnel),
  httpRequests: slice(httpRequest),
});

export type EveInput = Static<typeof eveInput>;
type Of<K extends keyof EveInput> = NonNullable<EveInput[K]> extends (infer T)[] ? T : never;
export type EveDialInput = Of<'dials'>;
export type EveTcpInput = Of<'tcpConns'>;
export type EveUdpInput = Of<'udpConns'>;
export type EveDnsInput = Of<'dnsQueries'>;
export type EveTunnelInput = Of<'tlsTunnels'>;
export type EveRequestInput = Of<'httpRequests'>;
