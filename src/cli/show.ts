// `nettrace show TRACE`: a saved trace in the terminal.
import { Usual } from '../analysis/verdict/usual';
import { maskText } from '../model/mask';
import { type Breakdown, phasesOf } from '../model/phases';
import type { Request } from '../model/records';
import type { Row } from '../model/row';
import { Store } from '../model/store';
import { bytesText, numberText, ordinalText, plural, timeText } from '../model/text';
import { verdictLines } from './findings';
import { hints, matching, queryOf, traceOf } from './matching';
import { openTrace } from './open';
import { phaseWords, requestLines, rowsOf } from './requestTable';
import { pathOf, printable, type Style, styleFor, UsageError } from './say';
import { headline, summaryLines } from './summary';
import { type ToolView, toolLines } from './toolViews';
import { type TopKey, topLines } from './top';

export interface ShowOptions {
  view: 'table' | 'request' | ToolView;
  top?: TopKey;
  /** Only what passes: docs/query.md. */
  query?: string;
}

export async function show(file: string, { view, top, query }: ShowOptions): Promise<void> {
  if (top !== undefined && view !== 'table') throw new UsageError('--top and --view: one of them at a time.');
  const asked = query === undefined ? undefined : queryOf(query);
  const trace = await openTrace(file);
  const store = Store.fromDocument(trace);
  const style = styleFor(process.stdout);
  const now = store.header.endAt ?? lastInstant(store);
  const options = { style, width: process.stdout.columns ?? 200 };
  const all = rowsOf(store, now);
  const rows = asked ? matching(all, asked) : all;
  const head = [style.bold(headline(store, now))];
  if (query !== undefined)
    head.push(`${numberText(rows.length)} of ${plural(all.length, 'request')} match ${printable(query)}`);
  if (asked && rows.length === 0) head.push(...hints(all, asked).map((hint) => style.dim(printable(hint))));
  const lines =
    top !== undefined
      ? [...head, '', ...topLines(rows, top, options)]
      : view === 'request'
        ? requestBlocks(store, now, style, rows, head)
        : view !== 'table'
          ? toolLines(asked ? Store.fromDocument(traceOf(trace, rows)) : store, view, now, style)
          : asked
            ? [
                ...head,
                '',
                ...(rows.length > 0 ? requestLines(rows, { ...options, most: Number.POSITIVE_INFINITY }) : []),
              ]
            : summaryLines(store, now, { ...options, most: Number.POSITIVE_INFINITY });
  process.stdout.write(`${lines.join('\n').trimEnd()}\n`);
}

/** A trace without an end (its session was lost) is shown as of the last thing known. */
function lastInstant(store: Store): number {
  let last = 0;
  for (const r of store.requests.values()) last = Math.max(last, r.endAt ?? r.createdAt ?? 0);
  return last;
}

/** A block a request, below the trace's own line. */
export function requestBlocks(
  store: Store,
  now: number,
  style: Style,
  rows: readonly Row[] = rowsOf(store, now),
  head: readonly string[] = [style.bold(headline(store, now))],
): string[] {
  const lines = [...head];
  const usual = new Usual(store);
  for (const row of rows) {
    const request = store.requests.get(row.id);
    if (request) lines.push('', ...requestBlock(row, request, store, { now, style, usual }));
  }
  return lines;
}

/** As `curl -w` and httpstat show one exchange: each phase, and how far it had got by its end. */
function requestBlock(
  row: Row,
  request: Request,
  store: Store,
  { now, style, usual }: { now: number; style: Style; usual: Usual },
): string[] {
  const breakdown = phasesOf(request, store, now);
  const lines = [
    `${style.bold(`${printable(row.method)} ${printable(row.url)}`)}  ${printable(row.stateText)}`,
    ...factLines(row, request, store).map((l) => style.dim(`  ${l}`)),
  ];
  let passed = 0;
  for (const phase of breakdown.phases) {
    passed += phase.duration;
    const [, above, below] = phaseWords.find(([name]) => name === phase.name) ?? ['', '', phase.name];
    const words = `${above} ${below}`.trim();
    const paused = phase.paused === undefined ? '' : `  + ${timeText(phase.paused)} paused in the debugger`;
    const mark = (phase.failed ? '  ✕' : phase.running ? '  …' : '') + paused;
    const line = `  ${words.padEnd(20)}${timeText(phase.duration).padStart(10)}${timeText(passed).padStart(12)}${mark}`;
    lines.push(phase.failed ? style.red(line) : line);
  }
  lines.push(
    style.bold(
      `  ${totalWord(breakdown).padEnd(20)}${(breakdown.total === undefined ? 'not known' : timeText(breakdown.total)).padStart(10)}`,
    ),
  );
  lines.push(...verdictLines(request, store, now, style, usual));
  return lines;
}

function totalWord(breakdown: Breakdown): string {
  const last = breakdown.phases.at(-1);
  return last?.running ? 'so far' : last?.failed ? 'until failure' : 'total';
}

function factLines(row: Row, request: Request, store: Store): string[] {
  const facts: string[] = [];
  if (row.callSite) {
    const { file, line, column, function: name } = row.callSite;
    const library = row.callSite.kind === 'library' ? ', in a library: no frame of the program’s own was seen' : '';
    facts.push(`called at ${pathOf(file)}:${line}:${column}${name ? ` (${name})` : ''}${library}`);
  }
  if (row.connection) {
    const { number, ordinal } = row.connection;
    const tunnel = store.tunnelsOf(row.connection.id).at(-1);
    const parts = [row.remote, request.protocol, tunnel?.version].filter((p) => p !== undefined);
    facts.push(`connection #${number} to ${parts.join(', ')}, ${ordinalText(ordinal)} request on it`);
  }
  if (row.bytesSent !== undefined || row.bytesReceived !== undefined) {
    const sent = row.bytesSent === undefined ? [] : [`${bytesText(row.bytesSent)} sent`];
    facts.push(
      [...sent, ...(row.bytesReceived === undefined ? [] : [`${bytesText(row.bytesReceived)} received`])].join(', '),
    );
  }
  for (let error = request.error; error; error = error.causes?.[0]) {
    facts.push(`error ${[error.code, error.message].filter((t) => t !== undefined).join(': ') || (error.name ?? '')}`);
  }
  return facts.map((fact) => printable(maskText(fact)));
}
