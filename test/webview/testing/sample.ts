/** A run as the panel shows it: everything a row can be, on one axis of 3.4 s. Rows and details are made from one table. */
import type {
  Breakdown,
  Details,
  PanelState,
  ReplayMark,
  Row,
  RowPhase,
  Run,
  Status,
} from '../../../webview/view/types';

type Line = readonly [number, Row['state'], string, string, string, string, string, string, string, string];

/** Number, state, method, host, path, status text, call site, connection and ordinal, size, phases (ms). */
const table: readonly Line[] = [
  [
    1,
    'done',
    'GET',
    'api.shop.test',
    '/v2/config',
    '200',
    'config.ts:18',
    '1 1',
    '4.3 kB',
    'queue:14.0+0.6 dns:14.6+18.4 tcp:33.0+21.7 tls:54.7+44.9 send:99.6+0.4 wait:100.0+61.2 download:161.2+3.1',
  ],
  [
    2,
    'done',
    'GET',
    'api.shop.test',
    '/v2/session/81f2',
    '200',
    'session.ts:27',
    '1 2',
    '812 B',
    'send:176.0+0.3 wait:176.3+48.4 download:224.7+1.0',
  ],
  [
    3,
    'redirect',
    'GET',
    'api.shop.test',
    '/cart/81',
    '301',
    'cart.ts:42',
    '1 3',
    '0 B',
    'send:232.0+0.3 wait:232.3+21.8',
  ],
  [
    4,
    'redirect',
    'GET',
    'api.shop.test',
    '/v2/cart/81',
    '302',
    'cart.ts:42',
    '1 4',
    '0 B',
    'send:256.0+0.3 wait:256.3+24.9',
  ],
  [
    5,
    'done',
    'GET',
    'api.shop.test',
    '/v2/cart/81?expand=items',
    '200',
    'cart.ts:42',
    '1 5',
    '18.8 kB',
    'send:283.0+0.3 wait:283.3+74.2 download:357.5+26.5',
  ],
  [
    6,
    'done',
    'GET',
    'inventory.local:8081',
    '/stock/1042',
    '200',
    'inventory.ts:31',
    '2 1',
    '264 B',
    'dns:392.0+0.7 tcp:392.7+0.4 send:393.1+0.2 wait:393.3+88.1 download:481.4+0.6',
  ],
  [
    7,
    'done',
    'GET',
    'inventory.local:8081',
    '/stock/1043',
    '200',
    'inventory.ts:31',
    '3 1',
    '261 B',
    'dns:392.4+0.6 tcp:393.0+0.4 send:393.4+0.2 wait:393.6+96.0 download:489.6+0.5',
  ],
  [
    8,
    'done',
    'GET',
    'inventory.local:8081',
    '/stock/1044',
    '200',
    'inventory.ts:31',
    '2 2',
    '266 B',
    'queue:393.0+89.4 send:482.4+0.2 wait:482.6+84.0 download:566.6+0.5',
  ],
  [
    9,
    'done',
    'GET',
    'inventory.local:8081',
    '/stock/1050',
    '200',
    'inventory.ts:31',
    '3 2',
    '258 B',
    'queue:393.0+97.0 send:490.0+0.2 wait:490.2+91.0 download:581.2+0.5',
  ],
  [
    10,
    'clientError',
    'GET',
    'inventory.local:8081',
    '/stock/1077',
    '404',
    'inventory.ts:31',
    '2 3',
    '88 B',
    'queue:394.0+173.0 send:567.0+0.2 wait:567.2+42.0 download:609.2+0.4',
  ],
  [
    11,
    'failed',
    'GET',
    'rates.example.test',
    '/eur?base=USD',
    'TCP timed out',
    'payment.ts:79',
    '',
    '',
    'queue:640.0+0.4 dns:640.4+31.2 tcp:671.6+522.3',
  ],
  [
    13,
    'done',
    'POST',
    'pay.example.test',
    '/v1/intents',
    '201',
    'payment.ts:57',
    '5 1',
    '1.9 kB',
    'queue:1010.0+1.1 dns:1011.1+24.6 tcp:1035.7+23.9 tls:1059.6+46.2 send:1105.8+0.6 wait:1106.4+412.3 download:1518.7+8.9',
  ],
  [
    14,
    'failed',
    'GET',
    'legacy-tax.example.test',
    '/quote?zip=10115',
    'TLS cert expired',
    'payment.ts:80',
    '6 1',
    '',
    'queue:1064.0+0.5 dns:1064.5+27.3 tcp:1091.8+24.5 tls:1116.3+52.8',
  ],
  [
    12,
    'done',
    'GET',
    'rates-b.example.test',
    '/eur?base=USD',
    '200',
    'rates.ts:19',
    '4 1',
    '1.2 kB',
    'dns:1201.0+22.8 tcp:1223.8+19.6 tls:1243.4+41.0 send:1284.4+0.3 wait:1284.7+38.2 download:1322.9+1.2',
  ],
  [
    15,
    'serverError',
    'POST',
    'pay.example.test',
    '/v1/intents/pi_3Kx/confirm',
    '503',
    'payment.ts:73',
    '5 2',
    '143 B',
    'send:1540.0+0.4 wait:1540.4+486.0 download:2026.4+0.6',
  ],
  [
    17,
    'failed',
    'POST',
    'inventory.local:8081',
    '/stock/reserve',
    'reset (stale)',
    'inventory.ts:48',
    '2 4',
    '',
    'send:1822.0+0.3 wait:1822.3+0.9',
  ],
  [
    18,
    'done',
    'POST',
    'inventory.local:8081',
    '/stock/reserve',
    '200',
    'inventory.ts:48',
    '7 1',
    '97 B',
    'dns:1831.0+0.6 tcp:1831.6+0.5 send:1832.1+0.3 wait:1832.4+61.0 download:1893.4+0.4',
  ],
  [
    19,
    'open',
    'GET',
    'events.shop.test',
    '/orders/81',
    '101 open',
    'live.ts:9',
    '8 1',
    '6.1 kB',
    'dns:1900.0+17.9 tcp:1917.9+20.2 tls:1938.1+40.3 send:1978.4+0.3 wait:1978.7+24.7',
  ],
  [
    20,
    'streaming',
    'GET',
    'api.shop.test',
    '/v2/orders/81/stream',
    '200 streaming',
    'live.ts:33',
    '9 1',
    '2.3 kB',
    'tcp:1962.0+21.3 tls:1983.3+22.0 send:2005.3+0.3 wait:2005.6+31.0',
  ],
  [
    16,
    'done',
    'POST',
    'pay.example.test',
    '/v1/intents/pi_3Kx/confirm',
    '200',
    'payment.ts:73',
    '5 3',
    '962 B',
    'send:2046.0+0.4 wait:2046.4+292.7 download:2339.1+0.7',
  ],
  [
    21,
    'notRead',
    'GET',
    '127.0.0.1:9090',
    '/render/receipt?order=81',
    '200 not read',
    'receipt.mjs:14',
    '10 1',
    '',
    'tcp:2110.0+0.3 send:2110.3+0.2 wait:2110.5+143.0',
  ],
  [
    22,
    'done',
    'PUT',
    'files.shop.test',
    '/receipts/81.pdf',
    '200',
    'upload.ts:22',
    '11 1',
    '\u2191 1.8 MB',
    'dns:2290.0+19.6 tcp:2309.6+22.3 tls:2331.9+43.1 send:2375.0+318.4 wait:2693.4+57.7 download:2751.1+0.8',
  ],
  [
    23,
    'done',
    'POST',
    'mail.shop.test',
    '/send',
    '202',
    'mail.ts:16',
    '12 1',
    '38 B',
    'dns:2352.0+21.1 tcp:2373.1+22.0 tls:2395.1+42.6 send:2437.7+0.7 wait:2438.4+118.3 download:2556.7+0.4',
  ],
  [
    24,
    'aborted',
    'GET',
    'ads.shop.test',
    '/recommend?cart=81',
    'aborted 300 ms',
    'recommend.ts:11',
    '13 1',
    '',
    'dns:2480.0+20.4 tcp:2500.4+22.8 tls:2523.2+41.9 send:2565.1+0.2 wait:2565.3+214.7',
  ],
  [
    25,
    'running',
    'GET',
    'api.shop.test',
    '/v2/orders/81',
    'waiting\u2026',
    'payment.ts:81',
    '1 6',
    '',
    'send:2830.0+0.3 wait:2830.3+569.7',
  ],
  [
    26,
    'queued',
    'GET',
    'api.shop.test',
    '/v2/orders/81/items',
    'queued',
    'payment.ts:81',
    '',
    '',
    'queue:2874.0+526.0',
  ],
];

export const now = 3_400_000;

const redirectOf: Record<number, number> = { 4: 3, 5: 4 };
const retryOf: Record<number, number> = { 16: 15, 18: 17 };
const functions: Record<string, string> = {
  'payment.ts:57': 'createIntent',
  'payment.ts:79': 'fetchRates',
  'cart.ts:42': 'loadCart',
};

function bytes(size: string): number | undefined {
  const m = /([\d.]+) (B|kB|MB)/.exec(size);
  return m ? Math.round(Number(m[1]) * { B: 1, kB: 1000, MB: 1_000_000 }[m[2] as 'B' | 'kB' | 'MB']) : undefined;
}

function rowOf([n, state, method, host, target, stateText, site, conn, size, phaseText]: Line): Row {
  const [path = '', query] = target.split(/(?=\?)/);
  const running = state === 'running' || state === 'queued';
  const phases: RowPhase[] = phaseText.split(' ').map((text, i, all) => {
    const [name, span = ''] = text.split(':');
    const [begin, length] = span.split('+').map((v) => Math.round(Number(v) * 1000)) as [number, number];
    const last = i === all.length - 1;
    return {
      name: name as RowPhase['name'],
      beginAt: begin,
      duration: n === 15 && name === 'wait' ? length - 230_000 : length,
      ...(last && running ? { running: true as const } : {}),
      ...(last && state === 'failed' ? { failed: true as const } : {}),
      ...(n === 15 && name === 'wait' ? { paused: 230_000 } : {}),
    };
  });
  const first = phases[0] as RowPhase;
  const last = phases.at(-1) as RowPhase;
  const scheme = /:8081|127\.0/.test(host) ? 'http' : 'https';
  const worker = n === 22;
  const child = n === 21;
  const status = /^\d+/.exec(stateText)?.[0];
  const [file = '', line] = site.split(':');
  const open = state === 'open' || state === 'streaming' || state === 'notRead';
  const row: Row = {
    id: `r1/4711-0-${n}`,
    run: 1,
    thread: worker ? '4711-2' : child ? '4127-0' : '4711-0',
    pid: child ? 4127 : 4711,
    threadId: worker ? 2 : 0,
    process: worker ? 'worker 2' : child ? 'receipt 4127' : 'checkout',
    main: !worker && !child,
    method,
    url: `${scheme}://${host}${target}`,
    scheme,
    host,
    path,
    query: query ?? '',
    createdAt: first.beginAt,
    state,
    stateText,
    phases,
    callSite: {
      file: `/home/user/checkout/src/${file}`,
      line: Number(line),
      column: 9,
      kind: 'user',
      text: site,
      ...(functions[site] ? { function: functions[site] } : {}),
    },
  };
  const sum = phases.reduce((total, p) => total + p.duration, 0);
  row.total = open || running ? now - first.beginAt : sum;
  if (!open && !running) row.endAt = last.beginAt + last.duration + (last.paused ?? 0);
  if (status) row.status = Number(status);
  if (conn) {
    const [number, ordinal] = conn.split(' ').map(Number) as [number, number];
    row.connection = { id: `4711-0-c${number}`, number, ordinal, reused: ordinal > 1 };
    row.protocol = number === 5 ? 'h2' : 'http/1.1';
    row.remote = scheme === 'http' ? `127.0.0.1:${host.split(':')[1]}` : `203.0.113.${number + 4}:443`;
  }
  const b = bytes(size);
  if (b !== undefined) row[size.startsWith('↑') ? 'bytesSent' : 'bytesReceived'] = b;
  if (redirectOf[n]) Object.assign(row, { redirectOf: `r1/4711-0-${redirectOf[n]}`, operation: 'r1/4711-0-3' });
  if (retryOf[n]) Object.assign(row, { retryOf: `r1/4711-0-${retryOf[n]}`, attempt: 2 });
  if (state === 'failed')
    row.error = {
      phase: last.name,
      code: n === 11 ? 'ETIMEDOUT' : n === 14 ? 'CERT_HAS_EXPIRED' : 'ECONNRESET',
      message: n === 14 ? 'certificate has expired' : 'the connection failed',
    };
  if (open && state !== 'notRead')
    row.marks = Array.from({ length: 10 }, (_, i) => last.beginAt + 60_000 + i * 130_000);
  return row;
}

export const rows: Row[] = table.map(rowOf);

export const status: Status = {
  recording: true,
  requests: 26,
  failed: 3,
  serverErrors: 1,
  running: 5,
  connections: 13,
  reuses: 11,
  bytesSent: 1_900_000,
  bytesReceived: 36_000,
  evicted: 0,
  elapsed: now,
  kernel: { state: 'basic', lines: ['TCP statistics: on', 'events, conntrack, packets: off'] },
};

export const run: Run = {
  number: 1,
  title: 'checkout',
  beginTime: '2026-07-01T12:00:00.000000Z',
  state: 'running',
  offset: 0,
  processes: [{ pid: 4711, label: 'checkout' }],
  pauses: [{ beginAt: 1_580_000, endAt: 1_810_000 }],
};

export const live: PanelState = { rows, runs: [run], status, now, view: 'panel' };

/** The same run after its program ended. */
export const ended: PanelState = {
  ...live,
  status: { ...status, recording: false, running: 0 },
  runs: [
    {
      ...run,
      state: 'ended',
      endAt: now,
      exitCode: 1,
      message: {
        kind: 'ended',
        text: 'The program ended with exit code 1 after 3.40 s. 4 requests were interrupted. The trace stays until you clear it.',
      },
    },
  ],
  rows: rows.map((r) =>
    ['running', 'queued', 'open', 'streaming'].includes(r.state)
      ? {
          ...r,
          state: 'interrupted',
          stateText: 'interrupted',
          endAt: now,
          phases: r.phases.map(({ running: _, ...p }) => ({ ...p })),
        }
      : r,
  ),
};

/** A replay of it that stands at the second request. */
export const replayMark: ReplayMark = {
  event: 11,
  events: 40,
  at: rows[1]?.createdAt ?? 0,
  beginAt: 0,
  endAt: now,
  text: 'GET /b is called',
  ...(rows[1] ? { row: rows[1].id } : {}),
};

export const empty: PanelState = {
  rows: [],
  runs: [],
  status: { ...status, recording: false, requests: 0, failed: 0, running: 0 },
  now: 0,
  view: 'panel',
};

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
