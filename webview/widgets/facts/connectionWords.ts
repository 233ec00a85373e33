/** What is said of a connection in words: why it was new, its options, what became of it. */
import { bytesText, ordinalText, timeText } from '../../../src/model/base/text';
import { isLive } from '../../state/state';
import type { Connection, Details, Row } from '../../view/types';

/** Who dialled. */
export const openers: Readonly<Record<string, string>> = {
  agent: 'an Agent of http',
  undici: 'a dispatcher of undici (fetch)',
  http2: 'http2.connect',
  net: 'net.connect',
  tls: 'tls.connect',
  dgram: 'dgram',
  websocket: 'WebSocket',
};

const closers: Readonly<Record<string, string>> = {
  local: 'closed by this program',
  localReset: 'reset by this program',
  peer: 'closed by the server',
  peerReset: 'reset by the server',
  timeout: 'closed by an idle timeout',
  processExit: 'closed when the program ended',
};

export function closedText(c: Connection, begin: number | undefined): string {
  if (c.closedAt === undefined && c.closedBy === undefined) return isLive() ? 'still open' : 'its end was not seen';
  const by = c.closedBy === undefined ? 'closed, by whom is not known' : (closers[c.closedBy] ?? c.closedBy);
  return c.closedAt !== undefined && begin !== undefined
    ? `${by}, ${timeText(c.closedAt - begin)} after this request began`
    : by;
}

/** One side said it sends no more while the other went on. */
export function halfClosed(c: Connection, begin: number | undefined): string | undefined {
  const { readEndAt, writeEndAt } = c;
  const at = (t: number) =>
    begin === undefined
      ? ''
      : `, ${timeText(Math.abs(t - begin))} ${t < begin ? 'before' : 'after'} this request began`;
  const parts = [
    readEndAt !== undefined && `the server half-closed (FIN)${at(readEndAt)}`,
    writeEndAt !== undefined && `this program half-closed (FIN)${at(writeEndAt)}`,
  ].filter(Boolean);
  return parts.join('; ') || undefined;
}

export function optionsText({ options: o }: Connection): string | undefined {
  if (!o) return undefined;
  const parts = [
    o.noDelay !== undefined && `noDelay ${o.noDelay ? 'on' : 'off'}`,
    o.keepAlive !== undefined &&
      `keepAlive ${o.keepAlive ? 'on' : 'off'}${o.keepAliveDelay ? `, first probe after ${timeText(o.keepAliveDelay)}` : ''}`,
    o.timeout !== undefined && (o.timeout === 0 ? 'no timeout' : `timeout ${timeText(o.timeout)}`),
  ].filter(Boolean);
  return parts.join(', ') || undefined;
}

type FrameCounts = NonNullable<NonNullable<Connection['upgrade']>['framesSent']>;

function framesText(f: FrameCounts | undefined): string {
  if (!f) return '';
  const kinds = [
    f.ping && `${f.ping} ping`,
    f.pong && `${f.pong} pong`,
    f.close && `close${f.closeCode === undefined ? '' : ` ${f.closeCode}`}`,
  ].filter(Boolean);
  const messages = `${f.messages} ${f.messages === 1 ? 'message' : 'messages'}`;
  return `${messages}${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''} in `;
}

export function upgradeText({ upgrade: u }: Connection): string | undefined {
  if (!u) return undefined;
  const pieces = (c: NonNullable<typeof u.chunksSent>) =>
    `${c.count} ${c.count === 1 ? 'piece' : 'pieces'} (${bytesText(c.bytes)})`;
  const parts = [
    u.chunksSent && `sent ${framesText(u.framesSent)}${pieces(u.chunksSent)}`,
    u.chunksReceived && `received ${framesText(u.framesReceived)}${pieces(u.chunksReceived)}`,
  ].filter(Boolean);
  return `${u.protocol ?? 'another protocol'}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}

export function whyNew(details: Details, row: Row): string | undefined {
  const c = row.connection;
  if (!c) return undefined;
  if (c.ordinal === 0) return 'no: connected before tracing began';
  if (c.reused) return `no: the ${ordinalText(c.ordinal)} request on it`;
  return details.whyNew === undefined ? 'yes, the first request on it' : `yes: ${details.whyNew}`;
}

/** What the pool had when the connection was opened. */
export function poolText(details: Details): string | undefined {
  const pool = details.dial?.pool;
  if (!pool || details.row.connection?.ordinal !== 1) return undefined;
  const busy = pool.busy ? `${pool.busy} busy` : undefined;
  const free = pool.free === undefined ? undefined : pool.free === 0 ? 'no free connection' : `${pool.free} free`;
  const limit = pool.limit === undefined ? undefined : `limit ${pool.limit}`;
  const pending = pool.pending ? `${pool.pending} waiting` : undefined;
  return [free, busy, limit, pending].filter(Boolean).join(', ') || 'no connection to this origin';
}
