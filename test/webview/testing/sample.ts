/** A run as the panel shows it: everything a row can be, on one axis of 3.4 s. Rows and details are made from one table. */
import type { PanelState, ReplayMark, Row, RowPhase, Run, Status } from '../../../webview/view/types';
import { type Line, sampleTable } from './sampleTable';

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

export const rows: Row[] = sampleTable.map(rowOf);

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

/** A replay of it, at the second request. */
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
