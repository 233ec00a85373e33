/** What an event is, in a few words: for the call stack, the console and the position’s text. */

import { bytesText, timeText } from '../../model/base/text';
import { deepest } from '../../model/facts/outcome';
import type { Connection, Request } from '../../model/records';
import { addressText, baseName, threadLabel, urlParts } from '../../model/rows/row';
import type { TimelineEvent } from '../events/event';
import type { TraceIndex } from './traceIndex';

/** `GET /v2/cart`; of an incoming one, `incoming GET /v2/cart`. */
export function requestText(r: Request): string {
  const { path } = urlParts(r.url ?? '');
  const text = `${r.method ?? '?'} ${r.method === 'CONNECT' && r.target ? r.target : path}`;
  return r.direction === 'in' ? `incoming ${text}` : text;
}

/** `+120 ms`: an instant of the trace. */
export const instantText = (at: number): string => (at < 0 ? `−${timeText(-at)}` : `+${timeText(at)}`);

/** Where the request failed and with what: `ECONNREFUSED in tcp`. */
export function failureText(r: Pick<Request, 'error'>): string {
  const code = r.error?.code ?? deepest(r.error)?.code ?? r.error?.name ?? r.error?.message ?? 'failed';
  return r.error?.phase === undefined ? code : `${code} in ${r.error.phase}`;
}

export const threadText = (trace: TraceIndex, thread: string): string =>
  thread === '' ? 'seen by the kernel alone' : threadLabel(trace.store, thread).label;

/** The event in words; begins with its request, if it belongs to one. */
export function eventText(trace: TraceIndex, e: TimelineEvent): string {
  const request = trace.request(e.request);
  const what = request && e.record === request.id ? ofRequest(trace, request, e) : underlying(trace, e);
  return request && e.kind !== 'created' ? `${requestText(request)}: ${what}` : what;
}

function ofRequest(trace: TraceIndex, r: Request, e: TimelineEvent): string {
  switch (e.kind) {
    case 'created':
      return createdText(trace, r);
    case 'assigned':
      if (r.mocked) return 'gets a mocked socket';
      return r.connection === undefined
        ? 'gets a connection'
        : `gets connection ${numberText(trace, r.connection)}${(r.ordinal ?? 1) > 1 ? ', reused' : ''}`;
    case 'sendBegins':
      return 'head sent';
    case 'sendEnds':
      return 'sent';
    case 'informational':
      return `informational ${r.response?.informational?.[e.index ?? 0]?.status ?? ''}`.trim();
    case 'responseBegins':
      return `response ${r.response?.status ?? ''}`.trim();
    case 'bodyRead':
      return 'the program begins to read the body';
    case 'upgraded':
      return `switched to ${r.upgrade?.protocol ?? 'another protocol'}`;
    case 'timeout':
      return `timer ${r.timeout?.kind ?? ''} fired`.replace('  ', ' ');
    case 'aborted':
      return 'aborted by the program';
    case 'failed':
      return `failed, ${failureText(r)}`;
    default:
      return endText(r);
  }
}

function createdText(trace: TraceIndex, r: Request): string {
  const from = trace.request(r.redirectOf);
  if (from) return `redirect of ${requestText(from)} to ${requestText(r)}`;
  if (r.retryOf !== undefined) return `${requestText(r)} is tried again${r.attempt ? `, try ${r.attempt}` : ''}`;
  return r.direction === 'in' ? `${requestText(r)} arrives` : `${requestText(r)} is called`;
}

function endText(r: Request): string {
  switch (r.outcome) {
    case 'complete': {
      const size = r.response?.bodyBytes ?? r.response?.wireBytes;
      return size === undefined ? 'done' : `done, body of ${bytesText(size)}`;
    }
    case 'aborted':
      return 'ended by the program';
    case 'notRead':
      return 'ends, its body was not read';
    case 'processExit':
      return 'cut off by the end of the program';
    case 'interrupted':
      return 'cut off by the end of the trace';
    case 'upgraded':
    case 'tunnel':
      return 'ends as a request; the connection goes on';
    default:
      return 'ends';
  }
}

function underlying(trace: TraceIndex, e: TimelineEvent): string {
  const { store } = trace;
  switch (e.kind) {
    case 'traceBegins':
      return 'the trace begins';
    case 'traceEnds':
      return 'the trace ends';
    case 'threadBegins':
      return `${threadText(trace, e.thread)} begins`;
    case 'threadEnds':
      return threadEndText(trace, e.thread);
    case 'pauseBegins':
      return 'stopped in the debugger';
    case 'pauseEnds':
      return 'goes on after the debugger';
    case 'dialBegins':
    case 'dialFailed': {
      const d = store.dials.get(e.record);
      const to = d?.path ?? (d?.host === undefined ? 'another end' : `${d.host}${d.port ? `:${d.port}` : ''}`);
      return e.kind === 'dialBegins' ? `connecting to ${to}` : `no connection to ${to}: ${d ? failureText(d) : ''}`;
    }
    case 'lookupBegins':
    case 'lookupEnds':
      return lookupText(trace, e);
    case 'dnsQuery':
    case 'dnsReply':
      return messageText(trace, e);
    case 'tlsBegins':
      return 'TLS handshake begins';
    case 'tlsEnds': {
      const t = store.tlsTunnels.get(e.record);
      return t?.error
        ? `TLS handshake failed: ${failureText(t)}`
        : `TLS established, ${t?.version ?? 'version not known'}`;
    }
    case 'kernel': {
      const event = store.kernelEvents.find((k) => k.id === e.record);
      const change = event?.to === undefined ? '' : ` ${event.from === undefined ? '' : `${event.from} `}→ ${event.to}`;
      return `kernel: ${event?.kind ?? 'event'}${change}${event?.reason ? `, ${event.reason}` : ''}`;
    }
    case 'operation': {
      const o = store.socketOperations.get(e.record)?.[e.index ?? 0];
      return `${o?.kind ?? 'operation'}${o?.bytes === undefined ? '' : ` of ${bytesText(o.bytes)}`}`;
    }
    default:
      return connectionText(trace, e);
  }
}

function threadEndText(trace: TraceIndex, thread: string): string {
  const process = trace.store.thread(thread)?.process;
  const how = process?.signal ?? (process?.exitCode === undefined ? undefined : `exit code ${process.exitCode}`);
  return `${threadText(trace, thread)} ends${how === undefined ? '' : `, ${how}`}`;
}

function lookupText(trace: TraceIndex, e: TimelineEvent): string {
  const l = trace.store.lookups.get(e.record);
  if (e.kind === 'lookupBegins') return `lookup of ${l?.hostname ?? 'a name'}`;
  if (l?.error) return `lookup failed: ${failureText(l)}`;
  const count = l?.addresses?.length;
  return `lookup done${count === undefined ? '' : `, ${count} address${count === 1 ? '' : 'es'}`}`;
}

function messageText(trace: TraceIndex, e: TimelineEvent): string {
  const x = trace.store.dnsExchanges.get(e.record);
  if (e.kind === 'dnsReply') return `DNS reply ${x?.replies?.[e.index ?? 0]?.rcode ?? ''}`.trim();
  const question = x?.queries?.[e.index ?? 0]?.questions[0];
  return `DNS query${question ? ` ${question.type} ${question.name}` : ''}`;
}

function connectionText(trace: TraceIndex, e: TimelineEvent): string {
  const c = trace.store.connections.get(e.record);
  const name = c ? `connection ${numberText(trace, c.id)}` : 'connection';
  switch (e.kind) {
    case 'socketCreated':
      return 'datagram socket made';
    case 'attemptBegins':
      return `attempt ${endOf(c)}`;
    case 'attemptEnds':
      return `attempt ${endOf(c)} ${c?.connect?.result ?? 'ends'}${c?.connect?.error?.code ? `, ${c.connect.error.code}` : ''}`;
    case 'connected':
      return `connected ${endOf(c)}`;
    case 'tunnelStands':
      return `tunnel to ${c?.tunnel?.host ?? 'the host'} established`;
    case 'goaway':
      return `${name}: GOAWAY ${c?.goaway?.name ?? ''}`.trim();
    case 'readEnds':
      return `${name}: the peer has no more to send`;
    case 'writeEnds':
      return `${name}: own end sent`;
    case 'closed':
      return `${name} closed${c?.closedBy === undefined ? '' : ` (${c.closedBy})`}`;
    default:
      return `${name}: ${e.kind}`;
  }
}

const endOf = (c: Connection | undefined): string =>
  c?.remote ? `to ${addressText(c.remote)}` : c?.path === undefined ? '' : `to ${baseName(c.path)}`;

const numberText = (trace: TraceIndex, connection: string): string => `#${trace.store.connectionNumber(connection)}`;
