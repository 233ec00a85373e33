/**
 * `run --log`: every event as a line, as it becomes known. A line has the form
 *
 *     nettrace: SECONDS ID EVENT TEXT
 *
 * with the instant since the trace began, the id of the request (`-`: of none), and one of the words below. Lines come
 * as the program reports them: those of one read are sorted by their instants, an instant may still be older than
 * one above it. The words and the first four columns are stable; the text behind is for people.
 */
import { hostname } from 'node:os';
import { bytesText, numberText, plural, timeText } from '../../../model/base/text';
import type { Connection, ErrorInfo, Lookup, Process, Request, TlsTunnel } from '../../../model/records';
import { addressText, lineAndColumn, rowOf } from '../../../model/rows/row';
import { maskText, maskUrl } from '../../../model/secrets/mask';
import type { Store } from '../../../model/store/store';
import { pathOf, printable, type Style } from '../../terminal/say';

export type EventWord =
  | 'process'
  | 'request'
  | 'lookup'
  | 'socket'
  | 'attempt'
  | 'connected'
  | 'tls'
  | 'informed'
  | 'head'
  | 'end'
  | 'error'
  | 'close'
  | 'exit';

interface Line {
  at: number;
  id: string | undefined;
  event: EventWord;
  text: string;
  /** Of lines about a process. */
  pid?: number;
  /** Of lines about what may have no request. */
  thread?: string | undefined;
}

const minReported = 100_000;

/** Where lines go. */
export interface LogOutput {
  write(line: string): void;
  /** Of lines as text; absent: each line is an object, see `#objectOf`. */
  style?: Style;
}

export class EventLog {
  /** Events reported, as `id event`. */
  readonly #reported = new Set<string>();
  /** Number of them at which those of records that are gone are forgotten. */
  #max = minReported;
  #lookups = 0;
  readonly #processes = new Map<string, Process>();

  readonly #store: Store;
  readonly #outputs: readonly LogOutput[];

  constructor(store: Store, outputs: readonly LogOutput[]) {
    this.#store = store;
    this.#outputs = outputs;
  }

  /** Writes what is new since the last call. */
  update(): void {
    const { requests, connections } = this.#store.takeChanges();
    const lines: Line[] = [];
    this.#reportProcesses(lines);
    for (const id of requests) {
      const r = this.#store.requests.get(id);
      if (r) this.#reportRequest(r, lines);
    }
    this.#reportLookups(lines);
    for (const id of connections) {
      const c = this.#store.connections.get(id);
      if (!c) continue;
      const first = lines.length;
      this.#reportConnection(c, lines);
      for (const line of lines.slice(first)) line.thread = c.thread;
    }
    lines.sort((a, b) => a.at - b.at);
    for (const line of lines)
      for (const { write, style } of this.#outputs) write(style ? textOf(line, style) : this.#objectOf(line));
    if (this.#reported.size > this.#max) this.#forget();
  }

  /** What the store has let go of is no longer reported. */
  #forget(): void {
    const { requests, connections, lookups, tlsTunnels, processes } = this.#store;
    const kept = [requests, connections, lookups, tlsTunnels, processes];
    for (const key of this.#reported) {
      const id = key.slice(0, key.indexOf(' '));
      if (!kept.some((records) => records.has(id))) this.#reported.delete(key);
    }
    this.#max = Math.max(minReported, this.#reported.size * 2);
  }

  /** Who reads lines of several programs and machines together finds in each where it belongs. */
  #objectOf({ at, id, event, text, ...line }: Line): string {
    const { header, requests } = this.#store;
    const request = id === undefined ? undefined : requests.get(id);
    const thread = request?.thread ?? line.thread;
    return JSON.stringify({
      time: new Date(Date.parse(header.beginTime) + at / 1000).toISOString(),
      at,
      event,
      host: hostname(),
      process: line.pid ?? (thread === undefined ? undefined : this.#store.thread(thread)?.process.pid),
      trace: header.id,
      traceRequests: request?.traceRequests,
      request: id,
      text: printable(maskText(text)),
    });
  }

  /** False if it was reported before. */
  #isNew(id: string, event: string): boolean {
    const key = `${id} ${event}`;
    if (this.#reported.has(key)) return false;
    this.#reported.add(key);
    return true;
  }

  #reportProcesses(lines: Line[]): void {
    for (const p of this.#store.processes.values()) {
      if (this.#processes.get(p.id) === p) continue;
      this.#processes.set(p.id, p);
      if (this.#isNew(p.id, 'process'))
        lines.push({
          at: p.startAt,
          id: undefined,
          event: 'process',
          pid: p.pid,
          text: `${p.pid} ${(p.argv ?? []).join(' ')}`,
        });
      if (p.endAt === undefined || !this.#isNew(p.id, 'exit')) continue;
      const how = p.signal ?? (p.exitCode === undefined ? (p.end ?? '') : `code ${p.exitCode}`);
      lines.push({ at: p.endAt, id: undefined, event: 'exit', pid: p.pid, text: `${p.pid} ${how}` });
    }
  }

  #reportRequest(r: Request, lines: Line[]): void {
    const { id } = r;
    if (r.createdAt !== undefined && this.#isNew(id, 'request'))
      lines.push({ at: r.createdAt, id, event: 'request', text: requestText(r) });
    for (const [i, one] of (r.response?.informational ?? []).entries())
      if (this.#isNew(id, `informed ${i}`)) lines.push({ at: one.at, id, event: 'informed', text: String(one.status) });
    if (r.responseBeginAt !== undefined && this.#isNew(id, 'head'))
      lines.push({ at: r.responseBeginAt, id, event: 'head', text: headText(r) });
    if (r.outcome === undefined || !this.#isNew(id, 'end')) return;
    const at = r.endAt ?? r.responseBeginAt ?? r.createdAt ?? 0;
    lines.push({ at, id, event: r.outcome === 'failed' ? 'error' : 'end', text: this.#endText(r, at) });
  }

  #endText(r: Request, now: number): string {
    const row = rowOf(r, this.#store, now);
    const size = r.response?.bodyBytes ?? r.response?.wireBytes ?? r.response?.readBytes;
    const site = row.callSite && `${pathOf(row.callSite.file)}${lineAndColumn({ line: row.callSite.line })}`;
    return joined([
      row.stateText,
      r.error && errorWords(r.error),
      size === undefined ? undefined : bytesText(size),
      row.total === undefined ? undefined : timeText(row.total),
      site && `at ${site}`,
    ]);
  }

  #reportLookups(lines: Line[]): void {
    const { lookups, counts } = this.#store;
    // No change reports them: each comes whole, in one line, and is counted.
    if (counts.lookups === this.#lookups) return;
    this.#lookups = counts.lookups;
    for (const l of lookups.values()) {
      if (l.endAt === undefined || !this.#isNew(l.id, 'lookup')) continue;
      const { thread } = l;
      lines.push({ at: l.endAt, id: this.#requestOf(l.dial), event: 'lookup', thread, text: lookupText(l) });
    }
  }

  #reportConnection(c: Connection, lines: Line[]): void {
    const id = this.#requestOf(c.dial);
    const { beginAt, endAt, result, error } = c.connect ?? {};
    const where = c.remote ? addressText(c.remote) : (c.path ?? (c.local ? addressText(c.local) : ''));
    if (c.kind === 'udp' && c.createdAt !== undefined && this.#isNew(c.id, 'socket'))
      lines.push({ at: c.createdAt, id, event: 'socket', text: joined(['udp', where, `connection ${c.id}`]) });
    if (beginAt !== undefined && this.#isNew(c.id, 'attempt'))
      lines.push({ at: beginAt, id, event: 'attempt', text: where });
    if (endAt !== undefined && result !== undefined && this.#isNew(c.id, 'connected')) {
      const took = beginAt === undefined ? undefined : timeText(endAt - beginAt);
      if (result === 'connected')
        lines.push({ at: endAt, id, event: 'connected', text: joined([where, took, `connection ${c.id}`]) });
      else
        lines.push({
          at: endAt,
          id,
          event: 'error',
          text: joined([`connect ${where}`, error ? errorWords(error) : result, took]),
        });
    }
    for (const t of this.#store.tunnelsOf(c.id)) {
      if (t.endAt === undefined || !this.#isNew(t.id, 'tls')) continue;
      lines.push({ at: t.endAt, id, event: t.error ? 'error' : 'tls', text: tunnelText(t) });
    }
    if (c.closedAt === undefined || !this.#isNew(c.id, 'close')) return;
    const requests = c.requestCount === undefined ? undefined : plural(c.requestCount, 'request');
    const sent = c.datagramsSent === undefined ? undefined : `${plural(c.datagramsSent, 'datagram')} sent`;
    const received = c.datagramsReceived === undefined ? undefined : `${numberText(c.datagramsReceived)} received`;
    lines.push({
      at: c.closedAt,
      id,
      event: 'close',
      text: joined([where, c.closedBy && `by ${c.closedBy}`, requests, sent, received, `connection ${c.id}`]),
    });
  }

  #requestOf(dial: string | undefined): string | undefined {
    return dial === undefined ? undefined : this.#store.dials.get(dial)?.request;
  }
}

function textOf({ at, id = '-', event, text }: Line, style: Style): string {
  const paint = event === 'error' ? style.red : (t: string) => t;
  const word = event === 'error' ? event.padEnd(9) : style.dim(event.padEnd(9));
  return `nettrace: ${(at / 1e6).toFixed(6)} ${printable(id)} ${word} ${paint(printable(maskText(text)))}`;
}

function requestText(r: Request): string {
  const chain = r.redirectOf ? `redirect of ${r.redirectOf}` : r.retryOf ? `retry of ${r.retryOf}` : undefined;
  const proxy = r.proxy?.url === undefined ? undefined : `through ${r.proxy.url}`;
  return joined([`${r.method ?? '?'} ${maskUrl(r.url ?? '')}`, chain, proxy]);
}

function headText(r: Request): string {
  const { status, statusText } = r.response ?? {};
  const words = [status, statusText].filter((t) => t !== undefined && t !== '').join(' ');
  const begin = r.createdAt;
  return joined([words, r.protocol, begin === undefined ? undefined : timeText((r.responseBeginAt as number) - begin)]);
}

function lookupText(l: Lookup): string {
  const took = l.beginAt === undefined ? undefined : timeText((l.endAt as number) - l.beginAt);
  const answer = l.error ? errorWords(l.error) : (l.addresses ?? []).map((a) => a.address).join(' ');
  return joined([l.hostname ?? '', answer, took]);
}

function tunnelText(t: TlsTunnel): string {
  const took = t.beginAt === undefined ? undefined : timeText((t.endAt as number) - t.beginAt);
  const to = t.purpose === 'proxy' ? 'proxy' : undefined;
  if (t.error) return joined(['tls', to, t.serverName, errorWords(t.error), took]);
  return joined([to, t.serverName, t.version, t.alpn, t.resumed ? 'resumed' : undefined, took]);
}

function errorWords(e: ErrorInfo): string {
  const message = e.message ?? e.name ?? '';
  return e.code === undefined || message.includes(e.code) ? message || (e.code ?? '') : `${e.code} ${message}`.trim();
}

/** Facts with commas between, those that are there. */
const joined = (facts: readonly (string | undefined)[]): string =>
  facts.filter((f) => f !== undefined && f !== '').join(', ');
