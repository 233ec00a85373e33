/**
 * `show --view`: the views that people know from the BPF tools of the same names, with their columns, made of what the
 * hook saw. What it cannot see says so: a figure is `-`, a tool that needs the kernel an error.
 */

import { talkersOf } from '../../analysis/base/talkers';
import { hostPort } from '../../formats/shared/words';
import { compareIds } from '../../model/base/ids';
import { clockText } from '../../model/base/text';
import type { Connection, Lookup } from '../../model/records';
import { baseName } from '../../model/rows/row';
import type { Store } from '../../model/store/store';
import { type Cell, type Column, tableLines } from '../table/table';
import { printable, type Style, UsageError } from '../terminal/say';

export const toolViews = ['tcplife', 'tcpretrans', 'tcptop', 'gethostlatency', 'soconnlat'] as const;
export type ToolView = (typeof toolViews)[number];

type Fields = readonly (string | number | undefined)[];

export function toolLines(store: Store, view: ToolView, now: number, style: Style): string[] {
  switch (view) {
    case 'tcplife':
      return table(tcpLifeHead, tcpLife(store, now), style, 'No TCP connection was established in this trace.');
    case 'gethostlatency':
      return table(
        ['TIME', 'PID', 'COMM', 'LATms>', 'HOST'],
        hostLatency(store),
        style,
        'No name was looked up in this trace.',
      );
    case 'soconnlat':
      return table(
        ['PID', 'PROCESS', 'FAM', 'ADDRESS', 'PORT>', 'LAT(us)>', 'RESULT'],
        connectLatency(store),
        style,
        'No socket was connected in this trace.',
      );
    case 'tcpretrans':
      return table(retransmitHead, retransmits(store), style, 'Retransmits were recorded; there were none.');
    case 'tcptop':
      return table(topHead, topTalkers(store, now), style, 'No TCP connection was established in this trace.');
  }
}

/** Heads end in `>` where the column is aligned right. */
function table(heads: readonly string[], rows: readonly Fields[], style: Style, none: string): string[] {
  const columns = heads.map((h): Column => ({ head: [h.replace('>', '')], right: h.endsWith('>') }));
  if (rows.length === 0) return [style.dim(columns.map((c) => c.head[0]).join('  ')), none];
  const cells = rows.map((row) =>
    row.map((field): Cell => ({ text: field === undefined ? '-' : printable(String(field)) })),
  );
  return tableLines(columns, cells, style.dim);
}

const tcpLifeHead = ['PID', 'COMM', 'LADDR', 'LPORT>', 'RADDR', 'RPORT>', 'TX_KB>', 'RX_KB>', 'MS>'];

/** Connections in the order they ended; those still open at the end last, with a `+` behind their life so far. */
function tcpLife(store: Store, now: number): Fields[] {
  const ends = (c: Connection) => c.closedAt ?? (c.closedBy === undefined ? undefined : processEnd(store, c));
  return [...store.connections.values()]
    .filter((c) => c.kind === 'tcp' && c.connect?.result === 'connected')
    .map((c) => ({ c, end: ends(c) }))
    .sort((a, b) => (a.end ?? now) - (b.end ?? now) || compareIds(a.c.id, b.c.id))
    .map(({ c, end }) => {
      const begin = c.connect?.beginAt ?? c.connect?.endAt;
      const life = begin === undefined ? undefined : ms((end ?? now) - begin);
      return [
        ...who(store, c.thread),
        c.local?.address,
        c.local?.port,
        c.remote?.address,
        c.remote?.port,
        kilobytes(c.bytesSent),
        kilobytes(c.bytesReceived),
        life === undefined || end !== undefined ? life : `${life}+`,
      ];
    });
}

function hostLatency(store: Store): Fields[] {
  const begin = Date.parse(store.header.beginTime);
  const order = (a: Lookup, b: Lookup) => (a.endAt ?? 0) - (b.endAt ?? 0) || compareIds(a.id, b.id);
  return [...store.lookups.values()].sort(order).map((l) => {
    const time = l.endAt === undefined ? undefined : clockText(new Date(begin + l.endAt / 1000));
    const took = l.beginAt === undefined || l.endAt === undefined ? undefined : ms(l.endAt - l.beginAt);
    const failure = l.error ? ` (${l.error.code ?? 'failed'})` : '';
    return [time, ...who(store, l.thread), took, `${l.hostname ?? ''}${failure}`];
  });
}

function connectLatency(store: Store): Fields[] {
  const begin = (c: Connection) => c.connect?.beginAt ?? c.connect?.endAt ?? 0;
  return [...store.connections.values()]
    .filter((c) => c.connect !== undefined && c.direction !== 'in')
    .sort((a, b) => begin(a) - begin(b) || compareIds(a.id, b.id))
    .map((c) => {
      const { beginAt, endAt, result, error } = c.connect ?? {};
      const took = beginAt === undefined || endAt === undefined ? undefined : Math.round(endAt - beginAt);
      return [
        ...who(store, c.thread),
        c.kind === 'unix' ? 'UNIX' : c.remote?.address.includes(':') ? 'INET6' : 'INET',
        c.remote?.address ?? c.path,
        c.remote?.port,
        took,
        result === 'connected' ? 'Success' : (error?.code ?? result),
      ];
    });
}

/** Process id and name; a trace from another program's file may know neither. */
function who(store: Store, thread: string | undefined): [number | undefined, string | undefined] {
  const process = thread === undefined ? undefined : store.thread(thread)?.process;
  if (!process) return [undefined, undefined];
  const name = process.entry === undefined ? 'node' : baseName(process.entry);
  return [process.pid > 0 ? process.pid : undefined, name];
}

function processEnd(store: Store, c: Connection): number | undefined {
  return c.thread === undefined ? undefined : store.thread(c.thread)?.process.endAt;
}

const topHead = ['RADDR', 'RPORT>', 'HOST', 'CONNS>', 'TX_KB>', 'RX_KB>', 'S>', 'TX_KB/s>', 'RX_KB/s>'];

/** By destination, the most bytes first; the rates are those of the whole time that it was talked to. */
function topTalkers(store: Store, now: number): Fields[] {
  const talkers = talkersOf(store, now);
  if (talkers.length === 0 && store.counts.connections > 0)
    throw new UsageError('tcptop needs kernel statistics, and this trace has none: record on Linux with the helper.');
  return talkers.map((t) => {
    const seconds = t.duration / 1e6;
    const rate = (bytes: number) => (seconds > 0 ? (bytes / 1024 / seconds).toFixed(1) : undefined);
    const amounts = [kilobytes(t.sent), kilobytes(t.received), seconds.toFixed(2), rate(t.sent), rate(t.received)];
    return [t.address, t.port, t.host, t.connections, ...amounts];
  });
}

const retransmitHead = ['TIME', 'PID', 'IP>', 'LADDR:LPORT', 'T>>', 'RADDR:RPORT', 'STATE'];

/** By instant; L: a probe for the last segments. */
function retransmits(store: Store): Fields[] {
  const source = store.header.sources.find((s) => s.name === 'bpf');
  const events = store.kernelEvents.filter((e) => e.kind === 'retransmit');
  if (events.length === 0 && !source?.features?.includes('retransmits')) throw new UsageError(retransmitsText(store));
  const begin = Date.parse(store.header.beginTime);
  const end = (side: Connection['local']) => side && hostPort(side.address, side.port);
  return events
    .sort((a, b) => a.at - b.at)
    .map((e) => {
      const c = e.connection === undefined ? undefined : store.connections.get(e.connection);
      return [
        clockText(new Date(begin + e.at / 1000)),
        e.pid ?? who(store, c?.thread)[0],
        c?.remote?.address.includes(':') ? 6 : 4,
        end(c?.local),
        e.retransmitKind === 'tlp' ? 'L>' : 'R>',
        end(c?.remote),
        e.tcpState?.replace(/[A-Z]/g, (l) => `_${l}`).toUpperCase(),
      ];
    });
}

function retransmitsText(store: Store): string {
  const source = store.header.sources.find((s) => s.name === 'bpf');
  const reason = source?.reason;
  const why = reason === undefined ? '' : reason === 'notAsked' ? ' (they were not requested)' : ` (${reason})`;
  return `tcpretrans needs kernel events, and this trace has none${why}. Record it on Linux: nettrace run --helper all -o FILE.nettrace.json -- COMMAND. \`nettrace doctor\` says whether the helper may.`;
}

const ms = (us: number): string => (us / 1000).toFixed(2);
const kilobytes = (bytes: number | undefined): string | undefined =>
  bytes === undefined ? undefined : (bytes / 1024).toFixed(1);
