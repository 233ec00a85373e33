/** What follows when a request meets a network breakpoint: a line of the spool, and the stop. */
import { fillPlaces, type LogPlace, type NetworkBreakpoint, titleOf } from '../../model/lines/breakpoints';
import { errorInfo } from '../output/errors';
import { cutText, line, maskedUrl } from '../output/json';
import { flush, push } from '../output/queue';
import type { RequestRecord } from '../records/request';
import { pid } from '../runtime/builtins';
import { now, us } from '../runtime/clock';
import type { CallPlace } from '../sites/callPlace';
import { halted } from './pause';

export interface Hit {
  b: NetworkBreakpoint;
  /** In this isolate, this one included. */
  hits: number;
}

/** Reports the hits, and stops unless they are to be `logged`. */
export function report(hits: readonly Hit[], r: RequestRecord, place: CallPlace | undefined, logged: boolean): void {
  const [first] = hits;
  if (first === undefined) return;
  // Queued lines are written first: the host recognises the stop by the file's last line while the program is paused.
  if (!logged) flush();
  for (const { b, hits: n } of hits) {
    const text =
      b.logMessage === undefined ? undefined : fillPlaces(b.logMessage, (p) => placeValue(p, b, n, r, place));
    push(
      line({
        k: 'brk',
        at: us(now()),
        breakpoint: b.id,
        title: titleOf(b),
        hits: n,
        what: logged ? 'log' : 'stop',
        request: r.id,
        method: r.method,
        url: maskedUrl(r.url()),
        text: text === undefined ? undefined : cutText(text, 1024),
        callSite: placeText(place),
      }),
    );
  }
  if (logged) return;
  flush();
  halted(recordOf(r, first, place));
  push(line({ k: 'brk', at: us(now()), breakpoint: first.b.id, hits: first.hits, what: 'over' }));
  flush();
}

const unreported = new Set<{ b: NetworkBreakpoint; hits: number }>();

/** A hit that its hit condition passed over: the newest count is reported with the tick's lines. */
export function reportCount(a: { b: NetworkBreakpoint; hits: number }): void {
  if (unreported.has(a)) return;
  unreported.add(a);
  push({
    lines: () => {
      unreported.delete(a);
      return line({ k: 'brk', at: us(now()), breakpoint: a.b.id, hits: a.hits, what: 'count' });
    },
  });
}

/** In the source if that is known. Undefined also where there is no line: nothing could be shown there. */
function placeText(p: CallPlace | undefined) {
  const at = p?.source ?? p;
  if (p === undefined || at === undefined || at.line === 0) return undefined;
  return { file: at.file, line: at.line, column: at.column, ...(p.fn === '' ? {} : { function: p.fn }) };
}

function placeValue(
  name: LogPlace,
  b: NetworkBreakpoint,
  hits: number,
  r: RequestRecord,
  place: CallPlace | undefined,
): string | undefined {
  const facts = r.responseBeginAt === 0 ? undefined : r.readResponse();
  const url = maskedUrl(r.url());
  switch (name) {
    case 'method':
      return r.method;
    case 'url':
      return url;
    case 'host':
    case 'path':
      return partOf(url, name);
    case 'api':
      return r.api;
    case 'status':
      return facts && String(facts.status);
    case 'statusText':
      return facts?.statusText || undefined;
    case 'contentType':
      return facts?.contentType || undefined;
    case 'duration':
      return `${tookOf(r).toFixed(1)} ms`;
    case 'outcome':
      return r.outcome || 'running';
    case 'error':
      return r.error === undefined ? undefined : errorText(r);
    case 'phase':
      return r.phase;
    case 'callSite':
      return place && `${(place.source ?? place).file}:${(place.source ?? place).line}`;
    case 'function':
      return place?.fn || undefined;
    case 'breakpoint':
      return titleOf(b);
    case 'hits':
      return String(hits);
    case 'pid':
      return String(pid);
  }
}

const tookOf = (r: RequestRecord): number => (r.endAt || now()) - r.createdAt;

function partOf(url: string, name: 'host' | 'path'): string | undefined {
  try {
    const u = new URL(url);
    return name === 'host' ? u.host : u.pathname + u.search;
  } catch {
    return undefined;
  }
}

function errorText(r: RequestRecord): string | undefined {
  const { code, message } = errorInfo(r.error, r.phase);
  return message === undefined ? code : code === undefined || message.includes(code) ? message : `${code}: ${message}`;
}

/** What the debugger shows: the facts so far, and the program's own objects. */
function recordOf(r: RequestRecord, { b, hits }: Hit, place: CallPlace | undefined): object {
  const facts = r.responseBeginAt === 0 ? undefined : r.readResponse();
  const at = place && (place.source ?? place);
  const fields = {
    breakpoint: titleOf(b),
    hits,
    id: r.id,
    method: r.method,
    url: maskedUrl(r.url()),
    api: r.api,
    callSite: at && (at.line === 0 ? at.file : `${at.file}:${at.line}:${at.column}`),
    status: facts?.status,
    statusText: facts?.statusText || undefined,
    contentType: facts?.contentType || undefined,
    durationMs: Math.round(tookOf(r) * 1000) / 1000,
    outcome: r.outcome || 'running',
    phase: r.phase,
    error: r.error,
    ...r.programObjects(),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
