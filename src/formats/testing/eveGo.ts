/**
 * Checks a JSON text as Go's decoder of EVE's nettrace package would take it, but strictly: every name in its exact
 * case, no other name, no null, integers within their Go type, what is not `omitempty` always there and what is never
 * empty, words of the enums known to its reader, and every reference resolved.
 */

const enums = {
  TCPState: [
    'syn-sent',
    'syn-recv',
    'established',
    'fin-wait',
    'close-wait',
    'last-ack',
    'time-wait',
    'close',
    'syn-sent2',
  ],
  SocketOpType: ['unrecognized-op', 'read', 'read-from', 'write', 'write-to'],
  DNSRCode: [
    'no-error',
    'format-error',
    'server-fail',
    'non-existent-domain',
    'not-implemented',
    'query-refused',
    'unrecognized-rcode',
  ],
  DNSResType: [
    'unrecognized-type',
    'A',
    'NS',
    'CNAME',
    'SOA',
    'WKS',
    'PTR',
    'HINFO',
    'MINFO',
    'MX',
    'TXT',
    'AAAA',
    'SRV',
    'OPT',
    'AXFR',
    'ALL',
  ],
  ConntrackStatus: [
    'expected',
    'seen-reply',
    'assured',
    'confirmed',
    'src-nat',
    'dst-nat',
    'seq-adjust',
    'src-nat-done',
    'dst-nat-done',
    'dying',
    'fixed-timeout',
    'template',
    'untracked',
    'helper',
    'offload',
  ],
} as const;

/** Field: type, with `?` in front when its tag says omitempty. */
const socket = {
  traceID: 'TraceID',
  fromDial: 'TraceID',
  fromResolver: '?bool',
  connCloseAt: 'Timestamp',
  addrTuple: 'AddrTuple',
  totalSentBytes: 'uint64',
  totalRecvBytes: 'uint64',
  conntrack: '?ConntractEntry',
  socketTrace: '?SocketTrace',
};
const structs: Record<string, Record<string, string>> = {
  HTTPTrace: {
    description: 'string',
    traceBeginAt: 'Timestamp',
    traceEndAt: 'Timestamp',
    uuid: 'string',
    netTracePath: '?string',
    dials: '[]DialTrace',
    tcpConns: '[]TCPConnTrace',
    udpConns: '[]UDPConnTrace',
    dnsQueries: '[]DNSQueryTrace',
    tlsTunnels: '[]TLSTunnelTrace',
    httpRequests: '[]HTTPReqTrace',
  },
  DialTrace: {
    traceID: 'TraceID',
    dialBeginAt: 'Timestamp',
    dialEndAt: 'Timestamp',
    dialErr: '?string',
    ctxCloseAt: 'Timestamp',
    dstAddress: 'string',
    resolverDials: '?[]ResolverDialTrace',
    skippedNameservers: '?[]string',
    sourceIP: '?string',
    establishedConn: '?TraceID',
  },
  ResolverDialTrace: {
    dialBeginAt: 'Timestamp',
    dialEndAt: 'Timestamp',
    dialErr: '?string',
    nameserver: 'string',
    establishedConn: '?TraceID',
  },
  TCPConnTrace: {
    ...socket,
    handshakeBeginAt: 'Timestamp',
    handshakeEndAt: 'Timestamp',
    connected: 'bool',
    reused: 'bool',
  },
  UDPConnTrace: { ...socket, socketCreateAt: 'Timestamp' },
  AddrTuple: { srcIP: 'string', srcPort: 'uint16', dstIP: 'string', dstPort: 'uint16' },
  ConntractEntry: {
    capturedAt: 'Timestamp',
    status: 'ConntrackStatus',
    tcpState: '?TCPState',
    mark: 'uint32',
    addrOrig: 'AddrTuple',
    addrReply: 'AddrTuple',
    packetsSent: 'uint64',
    packetsRecv: 'uint64',
    bytesSent: 'uint64',
    bytesRecv: 'uint64',
  },
  SocketTrace: { socketOps: '[]SocketOp' },
  SocketOp: {
    type: 'SocketOpType',
    callAt: 'Timestamp',
    returnAt: 'Timestamp',
    returnErr: '?string',
    remoteAddr: '?string',
    dataLen: 'uint32',
  },
  DNSQueryTrace: {
    traceID: 'TraceID',
    fromDial: 'TraceID',
    connection: 'TraceID',
    dnsQueryMsgs: '[]DNSQueryMsg',
    dnsReplyMsgs: '[]DNSReplyMsg',
  },
  DNSQueryMsg: {
    sentAt: 'Timestamp',
    id: 'uint16',
    recursionDesired: 'bool',
    truncated: 'bool',
    size: 'uint32',
    questions: '[]DNSQuestion',
    optUDPPayloadSize: '?uint16',
  },
  DNSQuestion: { name: 'string', type: 'DNSResType', class: 'uint16' },
  DNSReplyMsg: {
    recvAt: 'Timestamp',
    id: 'uint16',
    authoritative: 'bool',
    recursionAvailable: 'bool',
    truncated: 'bool',
    size: 'uint32',
    rCode: 'DNSRCode',
    answers: '[]DNSAnswer',
  },
  DNSAnswer: { name: 'string', type: 'DNSResType', class: 'uint16', ttl: 'uint32', resolvedVal: '?string' },
  TLSTunnelTrace: {
    traceID: 'TraceID',
    tcpConn: 'TraceID',
    handshakeBeginAt: 'Timestamp',
    handshakeEndAt: 'Timestamp',
    handshakeErr: '?string',
    didResume: 'bool',
    peerCerts: '[]PeerCert',
    cipherSuite: 'uint16',
    negotiatedProto: '?string',
    serverName: 'string',
  },
  PeerCert: { subject: 'string', issuer: 'string', notBefore: 'Timestamp', notAfter: 'Timestamp', isCA: 'bool' },
  HTTPReqTrace: {
    traceID: 'TraceID',
    tcpConn: 'TraceID',
    tlsTunnel: '?TraceID',
    proxyTLSTunnel: '?TraceID',
    protoMajor: 'uint8',
    protoMinor: 'uint8',
    networkProxy: '?string',
    reqSentAt: 'Timestamp',
    reqMethod: 'string',
    reqURL: 'string',
    reqHeader: '?[]HTTPHeaderKV',
    reqContentLen: 'uint64',
    reqError: '?string',
    respRecvAt: 'Timestamp',
    respStatusCode: 'int',
    respHeader: '?[]HTTPHeaderKV',
    RespContentLen: 'uint64',
  },
  HTTPHeaderKV: { fieldName: 'string', fieldVal: '?string', fieldValLen: '?uint32' },
};

const largest: Record<string, number> = {
  uint8: 0xff,
  uint16: 0xffff,
  uint32: 0xffff_ffff,
  uint64: Number.MAX_SAFE_INTEGER,
};
const relative = /^\+(\d+)ms$/;
const absolute = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Faults of the text, each with its path; none: Go reads it, and writes the same again. */
export function goErrors(text: string): string[] {
  const errors: string[] = [];
  const ids = new Set<string>();
  const references: [path: string, id: string][] = [];
  const fault = (path: string, what: string): void => {
    errors.push(`${path}: ${what}`);
  };

  const check = (value: unknown, type: string, path: string): void => {
    if (value === null || value === undefined) return fault(path, 'null');
    if (type.startsWith('[]')) {
      if (!Array.isArray(value)) return fault(path, 'no list');
      for (const [i, v] of value.entries()) check(v, type.slice(2), `${path}[${i}]`);
      return;
    }
    const fields = structs[type];
    if (fields) return struct(value, fields, path);
    const words = enums[type as keyof typeof enums] as readonly string[] | undefined;
    if (words) {
      const parts = type === 'ConntrackStatus' && value !== '' ? String(value).split('|') : [String(value)];
      if (value !== '' && !parts.every((p) => words.includes(p))) fault(path, `unknown word ${value}`);
      if (value === '' && type !== 'ConntrackStatus') fault(path, 'no word');
      return;
    }
    if (type === 'bool') return void (typeof value === 'boolean' || fault(path, 'no bool'));
    if (type === 'string') return void (typeof value === 'string' || fault(path, 'no string'));
    if (type === 'TraceID') {
      if (typeof value !== 'string') return fault(path, 'no string');
      if (path.endsWith('.traceID')) {
        if (value === '' || ids.has(value)) fault(path, `id ${value} is empty or not unique`);
        ids.add(value);
      } else if (value !== '') references.push([path, value]);
      return;
    }
    if (type === 'Timestamp') {
      const ms = relative.exec(String(value))?.[1];
      if (ms !== undefined && Number(ms) > 0xffff_ffff) fault(path, 'more than 32 bits');
      if (ms === undefined && value !== 'undefined' && !absolute.test(String(value))) fault(path, `no time: ${value}`);
      return;
    }
    if (typeof value !== 'number' || !Number.isInteger(value)) return fault(path, 'no integer');
    const max = largest[type];
    if (max !== undefined && (value < 0 || value > max)) fault(path, `${value} is no ${type}`);
  };

  const struct = (value: unknown, fields: Record<string, string>, path: string): void => {
    if (typeof value !== 'object' || Array.isArray(value)) return fault(path, 'no object');
    const object = value as Record<string, unknown>;
    for (const name of Object.keys(object)) if (!fields[name]) fault(`${path}.${name}`, 'unknown name');
    for (const [name, type] of Object.entries(fields)) {
      const inner = `${path}.${name}`;
      if (!type.startsWith('?')) check(object[name], type, inner);
      else if (Object.hasOwn(object, name)) {
        const v = object[name];
        if (v === '' || v === 0 || v === false || (Array.isArray(v) && v.length === 0))
          fault(inner, 'empty, though omitempty');
        check(v, type.slice(1), inner);
      }
    }
  };

  check(JSON.parse(text), 'HTTPTrace', '$');
  for (const [path, id] of references) if (!ids.has(id)) fault(path, `nothing has the id ${id}`);
  return errors;
}
