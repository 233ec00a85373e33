/**
 * HTTPTrace of EVE's nettrace package (lf-edge/eve-libs, nettrace.go) as JSON. Names, their case and what may be left
 * out are those of the Go structure's tags: fields marked `?` are `omitempty` there, all others are always present,
 * with the type's zero value where nothing is known. Sizes and counts are unsigned there: a negative number would make
 * the whole file unreadable.
 */

/** `+12ms` since traceBeginAt (whole ms, cut), RFC 3339 where that would be negative, or `undefined`. */
export type EveTime = string;

export interface EveAddrTuple {
  srcIP: string;
  srcPort: number;
  dstIP: string;
  dstPort: number;
}

export interface EveConntrack {
  capturedAt: EveTime;
  /** Flags joined by `|`. */
  status: string;
  tcpState?: string;
  mark: number;
  addrOrig: EveAddrTuple;
  addrReply: EveAddrTuple;
  packetsSent: number;
  packetsRecv: number;
  bytesSent: number;
  bytesRecv: number;
}

export interface EveSocketOp {
  type: string;
  callAt: EveTime;
  returnAt: EveTime;
  returnErr?: string;
  remoteAddr?: string;
  dataLen: number;
}

interface EveSocket {
  traceID: string;
  fromDial: string;
  fromResolver?: true;
  connCloseAt: EveTime;
  addrTuple: EveAddrTuple;
  totalSentBytes: number;
  totalRecvBytes: number;
  conntrack?: EveConntrack;
  socketTrace?: { socketOps: EveSocketOp[] };
}

export interface EveTcpConn extends EveSocket {
  handshakeBeginAt: EveTime;
  handshakeEndAt: EveTime;
  connected: boolean;
  /** Between separately recorded traces; never within one. */
  reused: boolean;
}

export interface EveUdpConn extends EveSocket {
  socketCreateAt: EveTime;
}

export interface EveResolverDial {
  dialBeginAt: EveTime;
  dialEndAt: EveTime;
  dialErr?: string;
  nameserver: string;
  establishedConn?: string;
}

export interface EveDial {
  traceID: string;
  dialBeginAt: EveTime;
  dialEndAt: EveTime;
  dialErr?: string;
  ctxCloseAt: EveTime;
  dstAddress: string;
  resolverDials?: EveResolverDial[];
  skippedNameservers?: string[];
  sourceIP?: string;
  establishedConn?: string;
}

export interface EveDnsQueryMsg {
  sentAt: EveTime;
  id: number;
  recursionDesired: boolean;
  truncated: boolean;
  size: number;
  questions: { name: string; type: string; class: number }[];
  optUDPPayloadSize?: number;
}

export interface EveDnsReplyMsg {
  recvAt: EveTime;
  id: number;
  authoritative: boolean;
  recursionAvailable: boolean;
  truncated: boolean;
  size: number;
  rCode: string;
  answers: { name: string; type: string; class: number; ttl: number; resolvedVal?: string }[];
}

export interface EveDnsQuery {
  traceID: string;
  fromDial: string;
  connection: string;
  dnsQueryMsgs: EveDnsQueryMsg[];
  dnsReplyMsgs: EveDnsReplyMsg[];
}

export interface EvePeerCert {
  subject: string;
  issuer: string;
  notBefore: EveTime;
  notAfter: EveTime;
  isCA: boolean;
}

export interface EveTlsTunnel {
  traceID: string;
  tcpConn: string;
  handshakeBeginAt: EveTime;
  handshakeEndAt: EveTime;
  handshakeErr?: string;
  didResume: boolean;
  peerCerts: EvePeerCert[];
  /** IANA number; 0: not known. */
  cipherSuite: number;
  negotiatedProto?: string;
  serverName: string;
}

export interface EveHeader {
  fieldName: string;
  fieldVal?: string;
  fieldValLen?: number;
}

export interface EveHttpRequest {
  traceID: string;
  tcpConn: string;
  tlsTunnel?: string;
  proxyTLSTunnel?: string;
  protoMajor: number;
  protoMinor: number;
  networkProxy?: string;
  reqSentAt: EveTime;
  reqMethod: string;
  reqURL: string;
  reqHeader?: EveHeader[];
  reqContentLen: number;
  reqError?: string;
  respRecvAt: EveTime;
  respStatusCode: number;
  respHeader?: EveHeader[];
  /** Capital R, as in the Go tag. Body bytes that the program read, decoded. */
  RespContentLen: number;
}

export interface EveTrace {
  description: string;
  traceBeginAt: EveTime;
  traceEndAt: EveTime;
  uuid: string;
  /** Only as it was in a file that was read. */
  netTracePath?: string;
  dials: EveDial[];
  tcpConns: EveTcpConn[];
  udpConns: EveUdpConn[];
  dnsQueries: EveDnsQuery[];
  tlsTunnels: EveTlsTunnel[];
  httpRequests: EveHttpRequest[];
}
