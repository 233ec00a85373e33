/** What the details of a row of the sample run show. */
import type { Breakdown, Details, Row } from '../../../webview/view/types';
import { rows } from './sample';

const connect = (
  id: string,
  address: string,
  beginAt: number,
  endAt: number,
  result: 'connected' | 'timedOut' | 'failed',
  code?: string,
) => ({
  id,
  remote: { address, port: 443 },
  connect: { beginAt, endAt, result, ...(code ? { error: { code } } : {}) },
});

export function detailsOf(row: Row): Details {
  const reused = row.connection?.reused === true;
  const breakdown: Breakdown = {
    phases: row.phases.map((p) => ({
      ...p,
      by: 'hook',
      ...(p.name === 'dns' ? { parts: [{ name: 'poolWait' as const, duration: 300 }] } : {}),
    })),
    absent: reused
      ? [
          { name: 'dns', why: 'reused' },
          { name: 'tcp', why: 'reused' },
          { name: 'tls', why: 'reused' },
        ]
      : [],
    paused: 0,
  };
  if (row.state === 'failed')
    breakdown.absent.push({ name: 'tls', why: 'notReached' }, { name: 'send', why: 'notReached' });
  if (row.total !== undefined) breakdown.total = row.total;
  const begin = row.createdAt ?? 0;
  const timedOut = row.id.endsWith('-11');
  const tls = row.phases.find((p) => p.name === 'tls');
  const details: Details = {
    row,
    ...packetsOf(row),
    request: {
      id: row.id,
      thread: row.thread,
      createdAt: begin,
      method: row.method,
      url: row.url,
      outcome: row.state === 'failed' ? 'failed' : 'complete',
      callSite: {
        file: '/home/user/checkout/dist/payment.js',
        line: 80,
        column: 3,
        kind: 'user',
        source: { file: '/home/user/checkout/src/payment.ts', line: 57, column: 9 },
      },
      headers: [
        { name: 'host', value: row.host },
        { name: 'authorization', length: 214 },
        { name: 'accept', value: 'application/json' },
      ],
    },
    attempts: timedOut
      ? [
          connect('a1', '2001:db8:40::7', begin + 31_600, begin + 281_800, 'timedOut'),
          connect('a2', '203.0.113.7', begin + 281_900, begin + 532_100, 'timedOut'),
          connect('a3', '203.0.113.8', begin + 532_100, begin + 553_900, 'failed', 'ECONNREFUSED'),
        ]
      : tls && !reused
        ? [
            connect('a1', '2001:db8:51::14', begin + 25_000, begin + 25_400, 'failed', 'ENETUNREACH'),
            connect('a2', '203.0.113.20', begin + 25_700, begin + 49_100, 'connected'),
          ]
        : [],
    certificates:
      tls || reused
        ? [
            {
              fingerprint256: 'AA:BB',
              subject: `CN=${row.host}`,
              issuer: 'CN=Example CA 3',
              notBefore: '2026-02-11T00:00:00Z',
              notAfter: '2027-02-11T00:00:00Z',
              keyType: 'ec',
              keyBits: 256,
              subjectAltNames: [row.host],
            },
            {
              fingerprint256: 'CC:DD',
              subject: 'CN=Example CA 3',
              issuer: 'CN=Example Root',
              notBefore: '2020-01-01T00:00:00Z',
              notAfter: '2030-01-01T00:00:00Z',
            },
          ]
        : [],
    breakdown,
    connectionRequests: rows
      .filter((r) => r.connection && r.connection.id === row.connection?.id)
      .map((r) => ({
        id: r.id,
        path: r.path,
        ordinal: r.connection?.ordinal ?? 0,
        ...(r.createdAt === undefined ? {} : { beginAt: r.createdAt }),
        ...(r.endAt === undefined ? {} : { endAt: r.endAt }),
      })),
    offset: 0,
    missing: [
      { what: 'Round trip, retransmits', why: 'the helper was not found' },
      { what: 'Packets', why: 'capture is off for this trace' },
    ],
    code: {
      first: 56,
      line: 57,
      lines: [
        '  const body = JSON.stringify(order);',
        '  const reply = await fetch(url, { method: "POST", body });',
        '  return reply.json();',
      ],
    },
  };
  if (timedOut) details.dial = { id: 'd1', thread: row.thread, attemptLimit: 250_000, beginAt: begin + 400 };
  if (row.error) {
    details.request.error = {
      ...row.error,
      phase: 'tcp',
      causes: timedOut
        ? [
            {
              code: 'ETIMEDOUT',
              syscall: 'connect',
              address: '2001:db8:40::7',
              port: 443,
              message: 'connect ETIMEDOUT 2001:db8:40::7:443',
            },
            {
              code: 'ETIMEDOUT',
              syscall: 'connect',
              address: '203.0.113.7',
              port: 443,
              message: 'connect ETIMEDOUT 203.0.113.7:443',
            },
            {
              code: 'ECONNREFUSED',
              syscall: 'connect',
              address: '203.0.113.8',
              port: 443,
              message: 'connect ECONNREFUSED 203.0.113.8:443',
            },
          ]
        : [],
    };
  }
  if (row.connection) {
    details.connection = {
      id: row.connection.id,
      remote: { address: row.remote?.split(':')[0] ?? '', port: 443 },
      local: { address: '192.168.88.2', port: 41007 },
      protocol: row.protocol === 'h2' ? 'h2' : 'http/1.1',
      bytesSent: 2900,
      bytesReceived: 5400,
    };
    details.tunnel = {
      id: 't1',
      version: 'TLSv1.3',
      cipher: { name: 'TLS_AES_256_GCM_SHA384' },
      alpn: 'h2',
      alpnOffered: ['h2', 'http/1.1'],
      serverName: row.host,
      resumed: false,
      verification: { checked: true, authorized: true },
      ephemeralKey: { type: 'X25519', size: 253 },
    };
    details.lookup = {
      id: 'l1',
      thread: row.thread,
      call: 'lookup',
      hostname: row.host,
      beginAt: begin,
      endAt: begin + 24_600,
      system: { beginAt: begin + 1200, endAt: begin + 24_300, result: 0 },
      addresses: [
        { address: '2001:db8:51::14', family: 6 },
        { address: '203.0.113.20', family: 4 },
      ],
    };
  }
  return details;
}

/** As a capture reports them; failed requests are from a run without one. */
function packetsOf(row: Row): Pick<Details, 'packets' | 'capture'> {
  const filter = '(ip.addr == 203.0.113.31 && tcp.port == 443 && tcp.port == 41035)';
  if (row.state === 'failed') {
    const missing = 'Packet capture was off. The setting netTrace.capture turns it on; it needs permission to capture.';
    return { capture: { savable: false, missing, filter } };
  }
  const packet = {
    capture: 'cap-1',
    transport: 'tcp',
    connection: '4711-0-3',
    length: 66,
    capturedLength: 66,
    payload: 0,
  };
  const begin = row.createdAt ?? 0;
  return {
    capture: { savable: true, filter },
    packets: [
      { ...packet, at: begin + 620.5, direction: 'out', flags: 'S', note: 'SYN', phase: 'tcp' },
      { ...packet, at: begin + 22_650, direction: 'in', flags: 'S.', note: 'SYN-ACK', phase: 'tcp' },
      {
        ...packet,
        at: begin + 23_100,
        direction: 'out',
        flags: 'P.',
        payload: 517,
        note: 'TLS ClientHello',
        phase: 'tls',
      },
      { ...packet, at: begin + 71_300, direction: 'out', flags: 'P.', payload: 812, note: 'sent again', phase: 'send' },
      { ...packet, at: begin + 480_000, direction: 'in', flags: '.', payload: 1448, phase: 'download' },
    ],
  };
}
