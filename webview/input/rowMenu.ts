/** The context menu of the selected rows. */
import type { CopyForm } from '../../src/model/panel/copyForms';
import { type FieldName, printQuery, type Query } from '../../src/model/query';
import { baseName } from '../../src/model/rows/row';
import { copy, run, savePackets } from '../state/host';
import { showMenu } from '../state/overlays';
import { setUi, state } from '../state/state';
import type { Row } from '../view/types';
import { asBreakdown, asTable, asVerdict } from '../view/words/copy';
import { openSelected, selectedRows } from './actions';
import { copyWiresharkFilter, whyNoPackets } from './packets';
import { breakWhenFails, compareRequests, copyAs, openBody, send, traceLike } from './rowActions';

const equals = (key: FieldName, value: string | number): Query => ({
  is: 'term',
  key,
  any: [typeof value === 'number' ? { is: 'number', from: value, to: value } : { is: 'text', parts: [value] }],
});
const both = (...of: Query[]): Query => ({ is: 'and', of });

const copies: readonly (readonly [CopyForm, string])[] = [
  ['curl', 'cURL (bash)'],
  ['curlCmd', 'cURL (cmd)'],
  ['powerShell', 'PowerShell'],
  ['fetch', 'fetch (Node)'],
  ['nodeHttp', 'Node http'],
  ['har', 'HAR entry'],
];

/** One that the program made, of HTTP. */
const isSendable = ({ direction, method, scheme }: Row): boolean =>
  direction !== 'in' && method !== 'CONNECT' && /^https?$/.test(scheme);

/** What a filter may be made of, each to show only such requests, or all but those. */
function filtersOf({ host, callSite: site, connection, status, stateText }: Row): [string, Query | undefined][] {
  const file = site && equals('file', baseName(site.file));
  return [
    ['host', equals('host', host)],
    ['call site', file && (site.line === undefined ? file : both(file, equals('line', site.line)))],
    ['connection', connection && equals('connection', connection.number)],
    ['status', status === undefined ? equals('text', stateText) : equals('status', status)],
  ];
}

/** Adds a term to the filter box. */
function filterBy(query: Query): void {
  const { filterText } = state.ui;
  setUi({ filterText: `${filterText} ${printQuery(query)}`.trim() });
}

export function showRowMenu(x: number, y: number): void {
  const rows = selectedRows();
  const row = rows[0];
  if (!row) return;
  const one = rows.length === 1;
  const details = state.details?.row.id === row.id ? state.details : undefined;
  const all = (as: (r: Row) => string): string => rows.map(as).join('\n\n');
  const noPackets = whyNoPackets(row);
  const other = rows.length === 2 ? rows[1] : undefined;
  const isOwnLine = row.callSite?.line !== undefined && !state.readOnly;
  const line = { label: '', separator: true } as const;
  showMenu(one ? `${row.method} ${row.path}` : `${rows.length} requests`, { x, y }, [
    { label: 'Open code', key: 'Enter', disabled: !one || !row.callSite, run: () => openSelected(false) },
    ...(other ? [{ label: 'Compare the two', run: () => compareRequests([row.id, other.id]) }] : []),
    line,
    ...filtersOf(row).flatMap(([name, query]) => [
      { label: `Filter by this ${name}`, disabled: !query, run: () => query && filterBy(query) },
      { label: `Filter out this ${name}`, disabled: !query, run: () => query && filterBy({ is: 'not', of: query }) },
    ]),
    line,
    { label: 'Break when this call fails', disabled: !one || !isOwnLine, run: () => breakWhenFails(row.id) },
    { label: 'Trace only requests like this…', disabled: !one || state.readOnly, run: () => traceLike(row.id) },
    line,
    { label: 'Open request body', disabled: !one, run: () => openBody(row.id, 'request') },
    { label: 'Open response body', disabled: !one, run: () => openBody(row.id, 'response') },
    line,
    { label: 'Send again', disabled: !one || !isSendable(row), run: () => send(row.id, false) },
    { label: 'Edit and send…', disabled: !one || !isSendable(row), run: () => send(row.id, true) },
    line,
    { label: one ? 'Copy URL' : 'Copy rows as a table', key: 'Ctrl+C', run: () => copy(one ? row.url : asTable(rows)) },
    ...copies.map(([form, name]) => ({
      label: `Copy as ${name}`,
      run: () =>
        copyAs(
          form,
          rows.map((r) => r.id),
        ),
    })),
    { label: 'Copy breakdown as text', run: () => copy(all(asBreakdown)) },
    {
      label: 'Copy verdict with evidence (Markdown)',
      disabled: !one || !details?.verdict,
      run: () => details && copy(asVerdict(row, details)),
    },
    line,
    { label: 'Copy Wireshark filter', disabled: !one || !details?.capture.filter, run: copyWiresharkFilter },
    {
      label: 'Save this request’s packets…',
      disabled: !one || noPackets !== undefined,
      ...(noPackets === undefined ? {} : { title: noPackets }),
      run: () => savePackets(row.id),
    },
    line,
    { label: 'Clear', disabled: state.readOnly, run: () => run('clear') },
  ]);
}
