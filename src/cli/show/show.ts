/** `nettrace show TRACE`: a saved trace in the terminal. */
import type { ColumnName } from '../../answers/requests/columns';
import { hints, matching, queryOf, traceOf } from '../../answers/requests/matching';
import { sortRows } from '../../answers/requests/order';
import { rowById } from '../../answers/requests/rowById';
import { rowsOf } from '../../answers/requests/rows';
import { lowered } from '../../formats';
import { numberText, plural } from '../../model/base/text';
import { untracedIn } from '../../model/facts/untraced';
import type { SortKey } from '../../model/options/table';
import { Store } from '../../model/store/store';
import { requestBlocks } from '../request/block';
import { headline, summaryLines } from '../summary/summary';
import { untracedLine } from '../summary/untracedLine';
import { requestLines } from '../table/requestTable';
import { printable, styleFor, UsageError, widthOf } from '../terminal/say';
import { write } from '../terminal/write';
import { endOf, openTrace } from '../trace/open';
import { columnLines } from './columns';
import { jsonPieces } from './json';
import { type ToolView, toolLines } from './toolViews';
import { type TopKey, topLines } from './top';

export interface ShowOptions {
  view: 'table' | 'request' | ToolView;
  top?: TopKey;
  /** Only what passes: docs/query.md. */
  query?: string;
  /** Only this one: its id, or the end of it. */
  request?: string;
  sort?: SortKey;
  columns?: ColumnName[];
  /** Most requests listed. */
  rows?: number;
  json?: boolean;
  /** Recorded bodies too. */
  body?: boolean;
}

/** `file`: `-` is the standard input. */
export async function show(file: string, options: ShowOptions): Promise<void> {
  expectOneForm(options);
  const { view, top, request, sort, columns } = options;
  // A variable of a script that is empty asks for nothing.
  const query = options.query?.trim() === '' ? undefined : options.query;
  const asked = query === undefined ? undefined : queryOf(query);
  const opened = await openTrace(file);
  // What headers and bodies hold is masked once more, as files may come from elsewhere.
  const isWhole = options.json === true || view === 'request' || request !== undefined;
  const trace = isWhole ? lowered(opened) : opened;
  const store = Store.fromDocument(trace);
  const style = styleFor(process.stdout);
  const now = endOf(store);
  const all = rowsOf(store, now);
  const matched =
    request === undefined
      ? asked
        ? matching(all, asked)
        : all
      : [rowById(all, request, '--request', '`--columns id,status,url`')];
  const sorted = sort === undefined ? matched : sortRows(matched, sort);
  const rows = sorted.slice(0, options.rows);
  const body = options.body === true;
  if (options.json) return write(jsonPieces(store, rows, { now, body, query, matched: matched.length }));
  if (request !== undefined) return write(requestBlocks(store, rows, { now, style, body }));

  const kept = store.counts.evictedRequests > 0 ? ' that the trace kept' : '';
  const head = [style.bold(headline(store, now))];
  if (query !== undefined)
    head.push(`${numberText(matched.length)} of ${plural(all.length, 'request')}${kept} match ${printable(query)}`);
  else if (kept !== '' && (top !== undefined || columns || view === 'request'))
    head.push(`of the ${plural(all.length, 'request')}${kept}`);
  if (asked && matched.length === 0) head.push(...hints(all, asked).map((hint) => style.dim(printable(hint))));
  const max = options.rows ?? Number.POSITIVE_INFINITY;
  const table = { style, width: widthOf(process.stdout), max, sort, seeFindings: '--json lists them' };
  const cut = rows.length < matched.length ? [style.dim(`… and ${numberText(matched.length - rows.length)} more`)] : [];
  const whole = asked ? Store.fromDocument(traceOf(trace, matched)) : store;
  if (top !== undefined) return write(linesOf([...head, '', ...topLines(matched, top, table)]));
  if (view === 'request') return write(piecesOf([...head, ''], requestBlocks(store, rows, { now, style, body }), cut));
  if (view !== 'table') return write(linesOf(toolLines(whole, view, now, style)));
  if (columns) return write(linesOf([...head, '', ...columnLines(rows, columns, store, style), ...cut]));
  if (!asked)
    return write(
      linesOf([...summaryLines(store, now, table), ...untracedIn(store).map((u) => style.yellow(untracedLine(u)))]),
    );
  return write(linesOf([...head, '', ...(matched.length > 0 ? requestLines(matched, table) : [])]));
}

/** One form at a time: what was asked for is never left out silently. */
function expectOneForm({ view, top, request, columns, json, body, query, sort, rows }: ShowOptions): void {
  const forms = [
    ...(top === undefined ? [] : ['--top']),
    ...(view === 'table' ? [] : [`--view ${view}`]),
    ...(columns === undefined ? [] : ['--columns']),
    ...(json ? ['--json'] : []),
  ];
  const [one, other] = forms;
  if (other !== undefined) throw new UsageError(`${one} and ${other}: use only one of them.`);
  const refuse = (option: string, why: string): never => {
    throw new UsageError(`${option} ${why}.`);
  };
  if (request !== undefined && (query !== undefined || top !== undefined || (view !== 'table' && view !== 'request')))
    refuse('--request', `shows one request; it does not go with ${query === undefined ? one : '--query'}`);
  if (request !== undefined && columns !== undefined)
    refuse('--request', 'shows one request; it does not go with --columns');
  if (body && !json && request === undefined && view !== 'request')
    refuse('--body', 'goes with --request ID, --view request or --json');
  const lists = top === undefined && (view === 'table' || view === 'request');
  if (!lists && (sort !== undefined || rows !== undefined))
    refuse(sort === undefined ? '--rows' : '--sort', `does not go with ${one}, which has its own order`);
}

/** Head, blocks and foot in pieces: those of a large trace together are longer than the longest string. */
function* piecesOf(head: readonly string[], blocks: Iterable<string>, foot: readonly string[]): Generator<string> {
  yield `${head.join('\n')}\n`;
  yield* blocks;
  if (foot.length > 0) yield `\n${foot.join('\n')}\n`;
}

const linesOf = (lines: readonly string[]): string[] => [`${lines.join('\n').trimEnd()}\n`];
