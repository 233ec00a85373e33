/**
 * Lines of requests, as templates: `JSON.stringify` of the same object costs six times as much. Instants of an exchange
 * are in `t`, in µs after createdAt: small integers are cheap to print.
 */

import { errorInfo, reasonOf } from '../output/errors';
import { bounded, cutText, maskedUrl, quoted } from '../output/json';
import { stringify } from '../runtime/builtins';
import { processorOf, us } from '../runtime/clock';
import { placeOfError } from '../sites/callers';
import { framedBytes } from './body/chunks';
import { pieces } from './body/marks';
import { informationalText } from './informational';
import type { RequestRecord } from './request';
import type { PriorSend, ResponseFacts } from './requestData';
import { isReported, operationOf, type Try } from './tries';
import type { Wire } from './wire';

/** `req` line without its closing brace. */
export function beginText(r: RequestRecord): string {
  const url = maskedUrl(r.url());
  let s = `{"k":"req","id":${r.id},"createdAt":${us(r.createdAt)},"api":"${r.api}",${r.clientText()}"method":${quoted(r.method)},"url":${quoted(url)}`;
  if (r.method === 'CONNECT') s += `,"target":${quoted(maskedUrl(r.path))}`;
  if (r.label !== '') s += `,"label":${quoted(r.label)}`;
  if (r.cause !== 0) s += `,"cause":${r.cause}`;
  if (isReported(r.redirectOf)) s += `,"redirectOf":${r.redirectOf.id},"operation":${operationOf(r.redirectOf)}`;
  if (isReported(r.retryOf)) s += attemptText(r, r.retryOf);
  if (r.matches !== undefined) {
    s += `,"traceRequests":${stringify(r.matches)}`;
    r.matchesReported = r.matches.length;
  }
  return s;
}

function attemptText(r: RequestRecord, before: Try): string {
  r.attemptReported = true;
  return `,"retryOf":${before.id},"operation":${before.operation},"attempt":${r.attempt}`;
}

function priorText(sends: readonly PriorSend[]): string {
  const list = sends.map((p) => ({
    connection: p.wire?.connection || undefined,
    ordinal: p.ordinal || undefined,
    assignedAt: us(p.assignedAt),
    endAt: us(p.endAt),
    error: p.error === undefined ? undefined : errorInfo(p.error),
  }));
  return `,"priorSends":${stringify(list)}`;
}

/** Everything from `t` to the newline. `withHead`: the response's head has not been written. */
export function endText(r: RequestRecord, withHead: boolean): string {
  let s = exchangeText(r, r.sentWritten) + responseText(r, withHead, true);
  const { facts } = r;
  // Whether its absence is the program's own doing is only of interest where there was something to compress.
  if (facts !== undefined && facts.contentEncoding === '' && Math.max(facts.declaredBytes, r.bodyBytes) >= 8192)
    s += asksText(r);
  if (facts?.closes) s += `,"closes":"${r.asksToClose() ? 'request' : 'response'}"`;
  const body = r.bodyText();
  if (body !== '') s += `,"body":${body}`;
  if (r.bodyBytes >= 0 && (r.marks !== undefined || (r.chunks > 0 && r.facts?.contentEncoding && r.facts.chunked)))
    s += chunksText(r);
  if (r.error !== undefined || r.phase !== undefined) s += `,"error":${stringify(errorInfo(r.error, r.phase))}`;
  if (r.abortAt !== 0) {
    const timer = r.abortTimer === 0 ? undefined : r.abortTimer * 1000;
    s += `,"abort":${stringify({ at: us(r.abortAt), reason: reasonOf(r.abortReason), timer })}`;
  }
  if (r.timeoutKind !== '') s += timeoutText(r);
  if (r.streamId !== 0) s += r.endText();
  if (r.outcome === 'upgraded') s += upgradeText(r);
  if (r.matches !== undefined && r.matches.length > r.matchesReported) s += `,"traceRequests":${stringify(r.matches)}`;
  if (r.mocked) s += ',"mocked":true,"missing":{"connection":"mocked"}';
  else if (r.uncarried !== '') s += `,"missing":{"connection":"${r.uncarried}"}`;
  if (r.busyTime >= 0) s += `,"l":${Math.round(r.busyTime * 1000)}`;
  if (r.processorTime >= 0)
    s += `,"processor":{"duration":${Math.round(r.processorTime * 1000)},"of":"${processorOf}"}`;
  return `${s},"outcome":"${r.outcome}"}\n`;
}

/** The value is not recorded: only whether it allows what compresses. */
function asksText(r: RequestRecord): string {
  const list = r.headerList('request');
  if (list === undefined) return '';
  let asks = false;
  for (let i = 0; i + 1 < list.length; i += 2)
    if ((list[i] as string).toLowerCase() === 'accept-encoding')
      asks ||= /(^|[\s,])(gzip|x-gzip|deflate|br|zstd|\*)\s*(,|$|;(?!\s*q=0(\.0*)?\s*(,|$)))/i.test(
        list[i + 1] as string,
      );
  return `,"asksCompressed":${asks}`;
}

export function headLine(r: RequestRecord): string {
  return bounded(`{"k":"head","id":${r.id}${exchangeText(r, r.sentWritten)}${responseText(r, true, false)}}\n`);
}

export function markLine(r: RequestRecord): string {
  const read = r.readBeginAt === 0 ? '' : `,"readBytes":${r.bodyBytes},"readBeginAt":${us(r.readBeginAt)}`;
  return `{"k":"mark","id":${r.id}${read === '' ? '' : `,"response":{${read.slice(1)}}`}${chunksText(r)}}\n`;
}

/** Instants, and unless it has been reported: dial, connection, ordinal. */
export function exchangeText(r: RequestRecord, reported: number): string {
  const { wire } = r;
  const created = us(r.createdAt);
  // Bytes given to a socket that is still being set up leave when it is ready.
  const ready = wire === undefined ? 0 : readyFor(r, wire);
  const unsent = wire !== undefined && ready === 0;
  const sendBegin = unsent ? 0 : r.sendBeginAt !== 0 && r.sendBeginAt < ready ? ready : r.sendBeginAt;
  const sendEnd = unsent ? 0 : r.sendEndAt !== 0 && r.sendEndAt < ready ? ready : r.sendEndAt;
  let s = `,"t":[${after(r.assignedAt, created)},${after(sendBegin, created)},${after(sendEnd, created)}`;
  if (r.responseBeginAt !== 0 || r.endAt !== 0 || r.readBeginAt !== 0) {
    s += `,${after(r.responseBeginAt, created)},${after(r.endAt, created)}`;
  }
  s += r.readBeginAt === 0 ? ']' : `,${us(r.readBeginAt) - created}]`;
  if (reported === 0) s += carrierText(r);
  if (r.blockedBy !== 0) s += `,"blockedBy":${r.blockedBy}`;
  if (isReported(r.retryOf) && !r.attemptReported) s += attemptText(r, r.retryOf);
  if (r.priorSends !== undefined) s += priorText(r.priorSends);
  return s;
}

/** A CONNECT left before the connection was made ready once more, for what runs in the tunnel. */
const readyFor = (r: RequestRecord, wire: Wire): number =>
  wire.route !== undefined && wire.route.innerAt !== 0 && r.method === 'CONNECT' ? wire.route.readyAt : wire.readyAt;

function carrierText(r: RequestRecord): string {
  const { wire, dial } = r;
  let s = r.proxy === undefined ? '' : `,"proxy":${stringify(r.proxy)}`;
  if (r.streamId !== 0) s += `,"protocol":"h2","streamId":${r.streamId}`;
  if (dial !== undefined && (r.ordinal <= 1 || dial === wire) && !dial.mocked) s += `,"dial":${dial.id}`;
  // Given a connection but never sent on it: not one of its requests. A TLS that failed has it, as there it died.
  if (wire !== undefined && wire.connection !== 0 && (r.sendBeginAt !== 0 || wire.readyAt === 0)) {
    s += `,"connection":${wire.connection}`;
    if (r.ordinal > 0) s += `,"ordinal":${r.ordinal}`;
    if (r.ordinal > 1 && r.idleFrom !== 0) {
      const idle = us(r.assignedAt) - us(r.idleFrom);
      if (idle >= 0) s += `,"idleDuration":${idle}`;
    }
  }
  return s;
}

const after = (t: number, created: number): number | null => (t === 0 ? null : us(t) - created);

/** What came back: status, sizes, the few headers that are facts. The short forms are those of `model/lines`. */
function responseText(r: RequestRecord, withHead: boolean, withSizes: boolean): string {
  if (r.responseBeginAt !== 0) r.facts ??= r.readResponse();
  const f = r.responseBeginAt === 0 ? undefined : r.facts;
  let s = '';
  let head = '';
  if (withHead && f !== undefined) {
    if (f.protocol === 'http/1.1') {
      s = `,"s":${f.status}`;
      if (f.status !== 200 || f.statusText !== 'OK') head = `,"statusText":${quoted(cutText(f.statusText, 256))}`;
    } else {
      if (f.protocol !== '') s = `,"protocol":"${f.protocol}"`;
      head = `,"status":${f.status}`;
      if (f.statusText !== '') head += `,"statusText":${quoted(cutText(f.statusText, 256))}`;
    }
    if (f.contentType !== '') head += `,"contentType":${quoted(cutText(f.contentType, 256))}`;
    if (f.contentEncoding !== '') head += `,"contentEncoding":${quoted(cutText(f.contentEncoding, 128))}`;
    s += keepAliveText(r, f);
  }
  if (withHead && r.loopDelayMax >= 0) head += `,"loopDelayMax":${Math.round(r.loopDelayMax * 1000)}`;
  if (withSizes && r.grpcStatus >= 0) head += `,"grpcStatus":${r.grpcStatus}`;
  if (withHead && r.informational !== undefined) head += `,${informationalText(r.informational)}`;
  s += bytesText(r, f, withHead, withSizes);
  return head === '' ? s : `${s},"response":{${head.slice(1)}}`;
}

/** Sizes are given only where they were counted, or where the protocol itself checks them (a complete Content-Length). */
function bytesText(r: RequestRecord, f: ResponseFacts | undefined, withHead: boolean, withSizes: boolean): string {
  const { wire, outcome, bodyBytes } = r;
  const counted = withSizes && r.bytesReceived >= 0 && wire !== undefined && !wire.isH2;
  const declared = withHead && f !== undefined ? f.declaredBytes : -1;
  let onWire = -1;
  let decoded = -1;
  let read = -1;
  if (withSizes && f !== undefined && outcome !== 'upgraded' && outcome !== 'tunnel') {
    const complete = outcome === 'complete';
    const bodiless = complete && (f.status === 204 || f.status === 304 || r.method === 'HEAD');
    let bytes = bodyBytes;
    if (bodiless) bytes = 0;
    else if (complete && f.declaredBytes >= 0 && !f.chunked) bytes = f.declaredBytes;
    else if (bytes === -1 && !f.dumped && r.countsBody) bytes = 0;
    if (r.unreadBytes < 0) bytes = -2;
    else if (bytes >= 0) bytes += r.unreadBytes;
    if (bytes >= 0) {
      if (!f.chunked || bodiless) onWire = bytes;
      else if (complete && counted) onWire = framedBytes(r, f);
      if (f.contentEncoding === '' || bytes === 0) decoded = bytes;
    }
    if (r.seesReading && bodyBytes >= -1) read = bodyBytes === -1 ? 0 : bodyBytes;
  }
  const rest = onWire >= 0 || decoded >= 0 || read >= 0;
  if (!counted && declared < 0 && !rest) return '';
  const s = `,"b":[${counted ? known(r.bytesSent) : null},${counted ? r.bytesReceived : null},${known(declared)}`;
  return rest ? `${s},${known(onWire)},${known(decoded)},${known(read)}]` : `${s}]`;
}

const known = (n: number): number | null => (n < 0 ? null : n);

let hintSeen = '';
let hint: { timeout?: number; max?: number } | undefined;
let hintText = '';

/** `timeout=5, max=100`, seconds; noted at the connection too. A server says the same each time. */
function keepAliveText(r: RequestRecord, f: ResponseFacts): string {
  if (f.keepAlive === '') return '';
  if (f.keepAlive !== hintSeen) {
    hintSeen = f.keepAlive;
    const timeout = /timeout=(\d+)/i.exec(hintSeen)?.[1];
    const max = /max=(\d+)/i.exec(hintSeen)?.[1];
    hint = timeout || max ? {} : undefined;
    if (hint && timeout) hint.timeout = Number(timeout) * 1e6;
    if (hint && max) hint.max = Number(max);
    hintText = hint ? `,"ka":[${hint.timeout ?? null}${hint.max === undefined ? '' : `,${hint.max}`}]` : '';
  }
  if (hint !== undefined && r.wire !== undefined) r.wire.keepAlive = hint;
  return hintText;
}

function chunksText(r: RequestRecord): string {
  const marks = r.marks ?? [r.firstAt, r.firstBytes];
  return `,"chunks":${stringify(pieces(r.chunks, r.bodyBytes, marks, [r.gapBegin, r.gapEnd]))}`;
}

function upgradeText(r: RequestRecord): string {
  const protocol = r.upgradeProtocol();
  return `,"upgrade":{${protocol === '' ? '' : `"protocol":${quoted(cutText(protocol, 64))},`}"at":${us(r.endAt)}}`;
}

function timeoutText(r: RequestRecord): string {
  const limit = r.timeoutLimit > 0 ? r.timeoutLimit * 1000 : undefined;
  const at = r.timeoutAt === 0 ? undefined : us(r.timeoutAt);
  const callSite = r.timeoutSite && placeOfError(r.timeoutSite);
  const client = r.timeoutClient || undefined;
  return `,"timeout":${stringify({ kind: r.timeoutKind, limit, at, client, callSite })}`;
}
