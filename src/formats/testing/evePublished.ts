/**
 * The trace that the README of EVE's nettrace package shows (lf-edge/eve-libs, nettrace/README.md): its facts, written
 * down compactly. `GET https://www.google.com/` from behind a NAT, with conntrack, socket operations and DNS messages.
 */
const ms = (n: number) => `+${n}ms`;
const tuple = (srcIP: string, srcPort: number, dstIP: string, dstPort: number) => ({ srcIP, srcPort, dstIP, dstPort });
const host = '192.168.99.1';
const behindNat = '192.168.88.2';
const google = '142.251.36.132';
const resolver = '8.8.8.8';
const name = 'www.google.com.';

/** Operations by kind, call, return and length. */
function operations(...list: [type: 'read' | 'write', callAt: number, returnAt: number, dataLen: number][]) {
  return list.map(([type, callAt, returnAt, dataLen]) => ({
    type,
    callAt: ms(callAt),
    returnAt: ms(returnAt),
    dataLen,
  }));
}

function conntrack(capturedAt: number, port: number, to: [string, number], counters: number[], tcpState?: string) {
  const flags = ['seen-reply', 'confirmed', 'src-nat', 'src-nat-done', 'dst-nat-done'];
  const [packetsSent, packetsRecv, bytesSent, bytesRecv] = counters;
  return {
    capturedAt: ms(capturedAt),
    status: (tcpState === undefined ? flags : ['assured', ...flags]).join('|'),
    ...(tcpState === undefined ? {} : { tcpState }),
    mark: 0,
    addrOrig: tuple(host, port, ...to),
    addrReply: tuple(...to, behindNat, port),
    packetsSent,
    packetsRecv,
    bytesSent,
    bytesRecv,
  };
}

function resolverSocket(traceID: string, port: number, received: number, bytesRecv: number, sentUntil: number) {
  return {
    traceID,
    fromDial: 'tid-3',
    fromResolver: true,
    socketCreateAt: ms(73),
    connCloseAt: ms(115),
    addrTuple: tuple(host, port, resolver, 53),
    totalSentBytes: 43,
    totalRecvBytes: received,
    conntrack: conntrack(1074, port, [resolver, 53], [1, 1, 71, bytesRecv]),
    socketTrace: { socketOps: operations(['write', 73, sentUntil, 43], ['read', sentUntil, 115, received]) },
  };
}

function query(
  traceID: string,
  connection: string,
  type: string,
  sentAt: number,
  id: number,
  answer: [number, number, string],
) {
  const [size, ttl, resolvedVal] = answer;
  return {
    traceID,
    fromDial: 'tid-3',
    connection,
    dnsQueryMsgs: [
      {
        sentAt: ms(sentAt),
        id,
        recursionDesired: true,
        truncated: false,
        size: 43,
        questions: [{ name, type, class: 1 }],
        optUDPPayloadSize: 1232,
      },
    ],
    dnsReplyMsgs: [
      {
        recvAt: ms(115),
        id,
        authoritative: false,
        recursionAvailable: true,
        truncated: false,
        size,
        rCode: 'no-error',
        answers: [{ name, type, class: 1, ttl, resolvedVal }],
      },
    ],
  };
}

const certificate = (subject: string, issuer: string, notBefore: string, notAfter: string, isCA: boolean) => ({
  subject,
  issuer,
  notBefore,
  notAfter,
  isCA,
});
const ca1C3 = 'CN=GTS CA 1C3,O=Google Trust Services LLC,C=US';
const rootR1 = 'CN=GTS Root R1,O=Google Trust Services LLC,C=US';

export const publishedEve = {
  description: 'GET https://www.google.com/',
  traceBeginAt: '2022-12-23T10:17:45.260618344+01:00',
  traceEndAt: ms(1241),
  dials: [
    {
      traceID: 'tid-3',
      dialBeginAt: ms(72),
      dialEndAt: ms(126),
      ctxCloseAt: ms(241),
      dstAddress: 'www.google.com:443',
      resolverDials: ['tid-5', 'tid-7'].map((establishedConn) => ({
        dialBeginAt: ms(73),
        dialEndAt: ms(73),
        nameserver: `${resolver}:53`,
        establishedConn,
      })),
      sourceIP: host,
      establishedConn: 'tid-8',
    },
  ],
  tcpConns: [
    {
      traceID: 'tid-8',
      fromDial: 'tid-3',
      handshakeBeginAt: ms(115),
      handshakeEndAt: ms(126),
      connected: true,
      connCloseAt: ms(241),
      addrTuple: tuple(host, 33623, google, 443),
      reused: false,
      totalSentBytes: 735,
      totalRecvBytes: 12657,
      conntrack: conntrack(1075, 33623, [google, 443], [24, 17, 1991, 13549], 'last-ack'),
      socketTrace: {
        socketOps: [
          ...operations(
            ['write', 127, 127, 280],
            ['read', 127, 152, 576],
            ['read', 153, 153, 3713],
            ['write', 172, 172, 64],
            ['write', 172, 172, 86],
            ['write', 172, 172, 67],
            ['read', 172, 183, 62],
            ['write', 183, 183, 31],
            ['read', 183, 184, 31],
            ['read', 184, 239, 1022],
            ['read', 239, 239, 4864],
            ['read', 240, 240, 736],
            ['read', 240, 240, 1653],
            ['write', 240, 240, 48],
            ['write', 240, 240, 48],
            ['write', 240, 240, 48],
            ['write', 240, 240, 39],
            ['write', 240, 240, 24],
          ),
          {
            type: 'read',
            callAt: ms(240),
            returnAt: ms(241),
            returnErr: `read tcp ${host}:33623->${google}:443: use of closed network connection`,
            dataLen: 0,
          },
        ],
      },
    },
  ],
  udpConns: [resolverSocket('tid-5', 40475, 71, 99, 73), resolverSocket('tid-7', 49789, 59, 87, 74)],
  dnsQueries: [
    query('tid-b', 'tid-7', 'A', 74, 34311, [59, 227, google]),
    query('tid-a', 'tid-5', 'AAAA', 73, 54063, [71, 133, '2a00:1450:4014:80e::2004']),
  ],
  tlsTunnels: [
    {
      traceID: 'tid-9',
      tcpConn: 'tid-8',
      handshakeBeginAt: ms(126),
      handshakeEndAt: ms(172),
      didResume: false,
      peerCerts: [
        certificate('CN=www.google.com', ca1C3, '2022-11-28T08:19:01Z', '2023-02-20T08:19:00Z', false),
        certificate(ca1C3, rootR1, '2020-08-13T00:00:42Z', '2027-09-30T00:00:42Z', true),
        certificate(
          rootR1,
          'CN=GlobalSign Root CA,OU=Root CA,O=GlobalSign nv-sa,C=BE',
          '2020-06-19T00:00:42Z',
          '2028-01-28T00:00:42Z',
          true,
        ),
      ],
      cipherSuite: 4865,
      negotiatedProto: 'h2',
      serverName: 'www.google.com',
    },
  ],
  httpRequests: [
    {
      traceID: 'tid-2',
      tcpConn: 'tid-8',
      protoMajor: 2,
      protoMinor: 0,
      reqSentAt: ms(72),
      reqMethod: 'GET',
      reqURL: 'https://www.google.com/',
      reqContentLen: 0,
      respRecvAt: ms(239),
      respStatusCode: 200,
      RespContentLen: 15381,
    },
  ],
};
