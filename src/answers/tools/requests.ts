/** `list_requests` and `explain_request`. */
import * as Type from 'typebox';
import { verdictOf } from '../../analysis/verdict/verdict';
import { numberText, plural, timeText } from '../../model/base/text';
import { sortKeys } from '../../model/options/table';
import type { Finding, Request } from '../../model/records';
import type { Row } from '../../model/rows/row';
import { maskText } from '../../model/secrets/mask';
import { type ColumnName, columnNames, columnUnit, columnValue } from '../requests/columns';
import { factLines } from '../requests/facts';
import { hints, matching, queryOf } from '../requests/matching';
import { sortRows } from '../requests/order';
import { requestObject } from '../requests/requestObject';
import { rowById } from '../requests/rowById';
import { fitting } from './data';
import { anything, common, input, maxStructured, tool, traceFacts } from './tool';
import type { Source, View } from './view';

const limits = { default: 50, max: 500 };
const usualColumns: readonly ColumnName[] = ['id', 'start', 'status', 'method', 'url', 'total', 'site'];
const units = columnNames
  .filter((name) => columnUnit(name) !== undefined)
  .map((name) => `${name} (${columnUnit(name) === 'us' ? 'µs' : 'bytes'})`);

export const listRequests = (source: Source) =>
  tool({
    name: 'list_requests',
    title: 'List requests',
    description: `The HTTP requests of the trace, one row each. query is the filter language of Net Trace: key:value words that must all match, such as "status:>=500 path:/api/*", "host:example.com total:>1s", "-is:ok"; a bare word is looked for in the URL. Values with a unit: ${units.join(', ')}; what is not known is absent.`,
    input: input({
      query: Type.Optional(Type.String({ maxLength: 2000, description: 'Only requests that match. Absent: all.' })),
      sort: Type.Optional(
        Type.Enum([...sortKeys], {
          description: 'Order of the rows: time (default), newest, duration (longest first) …',
        }),
      ),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: limits.max, description: `Most rows; default ${limits.default}.` }),
      ),
      columns: Type.Optional(
        Type.Array(Type.Enum([...columnNames]), {
          minItems: 1,
          maxItems: columnNames.length,
          description: `Fields of each row; default ${usualColumns.join(', ')}.`,
        }),
      ),
      ...source.parameter,
    }),
    output: Type.Object({
      ...common,
      total: Type.Integer({ description: 'Requests that the trace has records of.' }),
      matched: Type.Integer({ description: 'Requests that match the query.' }),
      requests: Type.Array(Type.Object({}), { description: 'Rows: column → value.' }),
      notListed: Type.Integer({
        description: 'Requests that match and are not listed, for `limit` or for their size.',
      }),
      hints: Type.Optional(Type.Array(Type.String(), { description: 'Why nothing may have matched.' })),
    }),
    run: async ({ query, sort, limit, columns, ...which }) => {
      const given = query === undefined || query.trim() === '' ? undefined : queryOf(query, 'query');
      const view = await source.view(which);
      const matched = given ? matching(view.rows, given) : view.rows;
      const sorted = sort === undefined ? matched : sortRows(matched, sort);
      const names = (columns as ColumnName[] | undefined) ?? usualColumns;
      const { items, cut } = fitting(
        valuesOf(view, sorted.slice(0, limit ?? limits.default), names),
        maxStructured - 6000,
      );
      const notListed = matched.length - items.length;
      const why = given && matched.length === 0 ? hints(view.rows, given) : [];
      return {
        structured: {
          trace: traceFacts(view),
          total: view.rows.length,
          matched: matched.length,
          notListed,
          ...(why.length > 0 ? { hints: why } : {}),
          cut,
        },
        lists: { requests: items },
        lines: [
          `${numberText(matched.length)} of ${plural(view.rows.length, 'request')} match; ${items.length} listed, ${notListed} not. Values come from the traced program and the network.`,
          ...sorted.slice(0, items.length).map(lineOf),
        ],
      };
    },
  });

function* valuesOf(view: View, rows: readonly Row[], names: readonly ColumnName[]): Generator<Record<string, unknown>> {
  for (const row of rows) yield Object.fromEntries(names.map((name) => [name, columnValue(row, name, view.store)]));
}

const lineOf = (row: Row): string =>
  `${row.id} ${row.stateText} ${row.method} ${row.url.slice(0, 160)}${row.total === undefined ? '' : ` ${timeText(row.total)}`}`;

export const explainRequest = (source: Source) =>
  tool({
    name: 'explain_request',
    title: 'Explain a request',
    description:
      'Everything about one request: the verdict with its evidence and advice, the phases that its time went to, its connection, lookup, TLS and call site, its error, and the findings it is part of. Times in µs, sizes in bytes. Bodies are never given.',
    input: input({
      id: Type.String({ minLength: 1, maxLength: 200, description: 'Id of list_requests, or the end of it.' }),
      ...source.parameter,
    }),
    output: Type.Object({
      ...common,
      request: anything('What `nettrace show --json` says of a request, with a part of its record.'),
      verdict: Type.Object(
        {
          level: Type.String({ description: 'ok, warning, slow, failed, error, running or aborted.' }),
          rule: Type.String(),
          text: Type.String(),
          certainty: Type.String(),
          fault: Type.Optional(Type.String({ description: 'Whose part it is.' })),
          advice: Type.Optional(Type.String()),
          toFindOut: Type.Optional(Type.String()),
          evidence: Type.Array(Type.Object({}), { description: 'Figures that the text rests on.' }),
        },
        { description: 'The one sentence on the request.' },
      ),
      facts: Type.Array(Type.String(), { description: 'What is known beside the phases, in sentences.' }),
      findings: Type.Array(Type.Object({}), { description: 'Findings of the trace that name it.' }),
    }),
    run: async ({ id, ...which }) => {
      const view = await source.view(which);
      const { store, now, usual } = view;
      const row = rowById(view.rows, id, 'id', 'list_requests');
      const request = store.requests.get(row.id) as Request;
      const { record, verdict: _, ...shown } = requestObject(row, request, store, { now, body: false, usual });
      const verdict = verdictOf(request, store, now, usual);
      const facts = factLines(row, request, store, now).map((line) => maskText(line));
      return {
        structured: {
          trace: traceFacts(view),
          request: { ...shown, ...partOf(record) },
          verdict,
          facts,
          findings: view.findings.filter((f) => f.subjects.includes(row.id)).map(shortFinding),
        },
        lines: [`Request ${row.id}. Values come from the traced program and the network.`, verdict.text, ...facts],
      };
    },
  });

/** Of the record, what the row and its neighbours do not say. */
function partOf(r: Request): object {
  const { protocol, client, label, headers, body, proxy, priorSends, response, error, timeout, abort, kernel, stack } =
    r;
  const { outcome, loopBusyDuration, processor, missing, lost, redirectOf, retryOf, attempt, mocked } = r;
  return {
    ...{ protocol, client, label, headers, body, proxy, priorSends, response, error, timeout, abort, kernel, stack },
    ...{ outcome, loopBusyDuration, processor, missing, lost, redirectOf, retryOf, attempt, mocked },
  };
}

const shortFinding = ({ id, rule, severity, title, text }: Finding) => ({ id, rule, severity, title, text });
