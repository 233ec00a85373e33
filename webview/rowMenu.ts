/** The context menu of the selected rows. */
import { openSelected, selectedRows } from './actions';
import { showMenu } from './overlays';
import { canSavePackets, copyWiresharkFilter } from './packets';
import { copy, run, savePackets, setUi, state } from './state';
import type { Row } from './types';
import { asBreakdown, asCurl, asCurlCmd, asFetch, asPowerShell, asTable, asVerdict } from './view/copy';

/** A word for the filter box, quoted if it has a blank. */
const word = (text: string): string => (/\s/.test(text) ? `"${text}"` : text);

function filterBy(text: string, not = false): void {
  const term = `${not ? '-' : ''}${word(text)}`;
  const { filterText } = state.ui;
  setUi({ filterText: filterText ? `${filterText} ${term}` : term });
}

export function showRowMenu(x: number, y: number): void {
  const rows = selectedRows();
  const row = rows[0];
  if (!row) return;
  const one = rows.length === 1;
  const details = state.details?.row.id === row.id ? state.details : undefined;
  const all = (as: (r: Row) => string): string => rows.map(as).join('\n\n');
  const site = row.callSite?.text;
  const line = { label: '', separator: true } as const;
  showMenu(one ? `${row.method} ${row.path}` : `${rows.length} requests`, x, y, [
    { label: 'Open code', key: 'Enter', disabled: !one || !row.callSite, run: () => openSelected(false) },
    line,
    { label: 'Filter by this host', run: () => filterBy(row.host) },
    { label: 'Filter out this host', run: () => filterBy(row.host, true) },
    { label: 'Filter by this call site', disabled: !site, run: () => site && filterBy(site) },
    { label: 'Filter by this status', run: () => filterBy(row.stateText) },
    line,
    { label: one ? 'Copy URL' : 'Copy rows as a table', key: 'Ctrl+C', run: () => copy(one ? row.url : asTable(rows)) },
    { label: 'Copy as cURL (bash)', run: () => copy(all((r) => asCurl(r, r === row ? details : undefined))) },
    { label: 'Copy as cURL (cmd)', run: () => copy(all((r) => asCurlCmd(r, r === row ? details : undefined))) },
    { label: 'Copy as PowerShell', run: () => copy(all((r) => asPowerShell(r, r === row ? details : undefined))) },
    { label: 'Copy as fetch (Node)', run: () => copy(all((r) => asFetch(r, r === row ? details : undefined))) },
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
      disabled: !one || !canSavePackets(row.id),
      run: () => savePackets(row.id),
    },
    line,
    { label: 'Clear', disabled: state.readOnly, run: () => run('clear') },
  ]);
}
