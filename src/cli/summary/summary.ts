/** What a trace comes to, for people and (--json) for programs. */

import { rowsOf } from '../../answers/requests/rows';
import { median, quantile } from '../../model/base/statistics';
import { bytesText, numberText, plural, timeText } from '../../model/base/text';
import { behindText } from '../../model/facts/tracer';
import { phaseDuration } from '../../model/phases/measured';
import { type Loss, phaseNames, type Trace } from '../../model/records';
import { baseName, lineAndColumn, type Row } from '../../model/rows/row';
import { maskText } from '../../model/secrets/mask';
import { isThinned } from '../../model/store/losses';
import type { Store } from '../../model/store/store';
import { requestLines, type TableOptions } from '../table/requestTable';
import { pathOf, printable, shortened, wrapped } from '../terminal/say';
import { findingLines } from './findings';
import { kernelLine } from './kernelLine';
import { plainSocketsOf, plainTexts } from './plainSockets';
import type { SaveResult } from './saved';

/** Everything in one look: counts, one line a request, what is not in the trace. */
export function summaryLines(store: Store, now: number, options: TableOptions): string[] {
  const rows = rowsOf(store, now);
  const lines = wrapped(headline(store, now), options.width, '  ').map((line) => options.style.bold(line));
  if (rows.length > 0) lines.push('', ...requestLines(rows, options));
  const found = rows.length > 0 ? findingLines(store, now, options.style, options) : [];
  if (found.length > 0) lines.push('', ...found);
  const kernel = kernelLine(store);
  if (kernel) lines.push('', ...wrapped(kernel, options.width, '  '));
  const behind = store.tracer && behindText(store.tracer);
  const losses = [...lossLines(store), ...(behind === undefined ? [] : [behind])];
  if (losses.length > 0)
    lines.push('', ...losses.flatMap((l) => wrapped(l, options.width, '  ')).map((l) => options.style.yellow(l)));
  return lines;
}

export function headline(store: Store, now: number): string {
  const { counts, processes } = store;
  if (counts.requests === 0)
    return counts.untraced
      ? `${plural(counts.untraced, 'request')} seen, none matched`
      : [`no requests${whereOf(store)}`, ...withoutRequests(store)].join(' · ');
  const failed = endsOf(store);
  const several = processes.size > 1 ? [plural(processes.size, 'process', 'processes')] : [];
  const time = timeText(store.header.endAt ?? now);
  const [answers, connections, bytes] = detailsOf(store);
  const { counted = 0 } = counts;
  if (counted === 0)
    return [tracedText(store), ...failed, ...answers, ...connections, ...several, ...bytes, time].join(' · ');
  // What is counted only has no answer, connection or bytes that could be determined.
  const details = [...answers, ...connections, ...bytes].join(', ');
  const ofThese = `${numberText(counts.requests - counted)} in detail: ${details}`;
  return [tracedText(store), ...failed, ...several, time, ofThese].join(' · ');
}

/** What a program did that makes no requests: that of a database driver, above all. */
const withoutRequests = (store: Store): string[] => plainTexts(plainSocketsOf(store), false).map(printable);

/** No more is claimed than was seen: another process may have made some. */
function whereOf({ processes }: Store): string {
  const [first, ...more] = processes.values();
  if (first === undefined) return '';
  if (more.length > 0) return ` in the ${numberText(processes.size)} processes that loaded the hook`;
  const [program = '', ...args] = first.argv ?? [];
  const command = [baseName(program), ...args.map((a) => (a === first.entry ? baseName(a) : a))].join(' ');
  return ` in the one process that loaded the hook (${shortened(printable(command), 60)})`;
}

/** What went wrong, each request named once: without a whole response, given up, or answered with an error. */
function endsOf({ counts, live }: Store): string[] {
  const ends = [
    [counts.failed, 'failed'],
    [live.serverErrors, 'answered 5xx'],
    [live.clientErrors, 'answered 4xx'],
    [live.aborted, 'aborted'],
    [live.interrupted, 'interrupted'],
  ] as const;
  return ends.flatMap(([n, word]) => (n > 0 ? [`${numberText(n)} ${word}`] : []));
}

/** What the records report: of answers, of connections, of bytes. */
function detailsOf(store: Store): [string[], string[], string[]] {
  const { counts, live } = store;
  // Connections report their bytes when they close, which those kept alive never do; requests theirs when they end.
  const plain = plainSocketsOf(store);
  const sent = Math.max((counts.bytesSent ?? 0) - plain.bytesSent, live.bytesSent);
  const received = Math.max((counts.bytesReceived ?? 0) - plain.bytesReceived, live.bytesReceived);
  return [
    [...(live.running > 0 ? [`${numberText(live.running)} not finished`] : [])],
    [
      `${plural(counts.connections - plain.pipes, 'connection')}${live.reuses > 0 ? `, reused ${plural(live.reuses, 'time')}` : ''}`,
      ...plainTexts(plain, true).map(printable),
      ...waysOf(store),
    ],
    bytesLine(store, sent, received),
  ];
}

/** A file of another program may hold one of the two, or none: then it is not 0 but not known. */
function bytesLine(store: Store, sent: number, received: number): string[] {
  if (sent + received === 0) return [];
  const isImport = store.header.sources.some((s) => s.name === 'import' && s.state === 'on');
  const parts = [
    ...(sent > 0 || !isImport ? [`${bytesText(sent)} sent`] : []),
    ...(received > 0 || !isImport ? [`${bytesText(received)} received`] : []),
  ];
  return [parts.join(', ')];
}

/** How many, and of how many, where not all of them were asked for. */
function tracedText({ counts, header }: Store): string {
  const all = plural(counts.requests, 'request');
  const { untraced = 0 } = counts;
  const isLimited = header.traceRequests?.some((r) => r.state === 'limitReached') === true;
  if (untraced === 0 && !isLimited) return all;
  const reached = (header.traceRequests ?? []).filter((r) => r.state === 'limitReached');
  const which =
    (header.traceRequests?.length ?? 0) > 1 ? `: ${reached.map((r) => r.condition || 'all').join(', ')}` : '';
  const limit = isLimited ? ` (limit reached${printable(which)})` : '';
  return `${all} traced${limit}${untraced > 0 ? `, ${numberText(untraced)} not` : ''}`;
}

/** What is not the plain way: HTTP/2, proxies, hops, tries, upgrades; each with how many requests of those kept. */
function waysOf(store: Store): string[] {
  const counts = { h2: 0, proxied: 0, redirects: 0, retries: 0, upgraded: 0, mocked: 0 };
  for (const r of store.requests.values()) {
    if (r.protocol === 'h2') counts.h2++;
    if (r.proxy !== undefined && r.method !== 'CONNECT') counts.proxied++;
    if (r.redirectOf !== undefined) counts.redirects++;
    if (r.retryOf !== undefined) counts.retries++;
    if (r.outcome === 'upgraded') counts.upgraded++;
    if (r.mocked) counts.mocked++;
  }
  const kept = store.counts.evictedRequests > 0 ? ' of those kept' : '';
  return [
    ...(counts.h2 > 0 ? [`${numberText(counts.h2)} over HTTP/2`] : []),
    ...(counts.proxied > 0 ? [`${numberText(counts.proxied)} through a proxy`] : []),
    ...(counts.redirects > 0 ? [plural(counts.redirects, 'redirect')] : []),
    ...(counts.retries > 0 ? [plural(counts.retries, 'retry', 'retries')] : []),
    ...(counts.upgraded > 0 ? [`${numberText(counts.upgraded)} upgraded`] : []),
    ...(counts.mocked > 0 ? [`${numberText(counts.mocked)} mocked`] : []),
  ].map((way) => way + kept);
}

/** What was seen but is not in the trace, in sentences; few, however much was lost. */
function lossLines(store: Store): string[] {
  const max = 6;
  const all = store.losses.filter((l) => !isThinned(l));
  const lines = all.slice(0, max).map((loss) => lossText(loss, store.header.settings?.limits?.requests));
  if (all.length > max) lines.push(`… and ${all.length - max} more kinds of loss`);
  return lines;
}

function lossText(loss: Loss, limit: number | undefined): string {
  const what = loss.count === 0 ? loss.what : plural(loss.count, loss.what.replace(/s$/, ''));
  if (loss.kind === 'evicted') {
    const keeps = limit === undefined ? '' : ` (limit ${numberText(limit)}; change it with run --max-requests)`;
    return `The oldest ${what} were dropped from the trace${keeps}; the counts above include all requests.`;
  }
  const reason = loss.reason === undefined ? '' : `: ${printable(loss.reason).replace(/\.$/, '')}`;
  const where = loss.thread === undefined ? '' : ` of ${printable(loss.thread)}`;
  return `Lost: ${what}${where}${reason}.`;
}

/** The machine-readable summary: times in µs, absent = unknown. */
export function summaryObject(
  trace: Trace,
  store: Store,
  ended: { exitCode?: number; signal?: string },
  saved: SaveResult,
) {
  const rows = rowsOf(store, trace.endAt ?? 0);
  return {
    trace: trace.id,
    ...(trace.description !== undefined ? { description: trace.description } : {}),
    beginTime: trace.beginTime,
    duration: trace.endAt,
    state: trace.state,
    ...ended,
    counts: trace.counts,
    reuses: store.live.reuses,
    running: store.live.running,
    aborted: store.live.aborted,
    interrupted: store.live.interrupted,
    serverErrors: store.live.serverErrors,
    clientErrors: store.live.clientErrors,
    processes: trace.processes.length,
    traceRequests: trace.traceRequests,
    phases: phaseFigures(rows),
    failed: rows
      .filter((r) => r.state === 'failed')
      .slice(0, 100)
      .map(failedFigures),
    findings: trace.findings,
    analysedRequests: trace.analysedRequests,
    losses: trace.losses,
    outputs: saved.files,
    ...(saved.kept !== undefined ? { kept: saved.kept } : {}),
  };
}

function failedFigures({ id, method, url, total, error, callSite }: Row) {
  const message = error?.message === undefined ? {} : { message: maskText(error.message) };
  const at = callSite && `${pathOf(callSite.file)}${lineAndColumn(callSite)}`;
  return { id, method, url, total, error: error && { ...error, ...message }, callSite: at };
}

function phaseFigures(rows: readonly Row[]) {
  const figures: Record<string, { count: number; median: number; longest: number }> = {};
  for (const name of phaseNames) {
    const durations = rows.flatMap((r) => phaseDuration(r, name) ?? []);
    const longest = quantile(durations, 1);
    if (longest !== undefined) figures[name] = { count: durations.length, median: median(durations), longest };
  }
  return figures;
}
