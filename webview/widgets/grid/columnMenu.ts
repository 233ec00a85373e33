/** The menu of the grid's head: grouping, columns, headers as columns, and what the waterfall sorts by. */

import { groupings } from '../../../src/model/panel/grouping';
import { openSetting } from '../../state/host';
import { type MenuItem, type MenuPlace, showMenu } from '../../state/overlays';
import { setUi, state, store } from '../../state/state';
import { type Column, type ColumnId, chosenHeaders, columns } from '../../view/list/columns';
import { headerLabel, headersIn, maxHeaderColumns } from '../../view/list/headerColumns';
import { byStart } from '../../view/list/sort';

function show(id: ColumnId, on: boolean): void {
  const { columns: choice } = state.ui;
  setUi({ columns: { ...choice, shown: { ...choice.shown, [id]: on } } });
}

/** Of the newest rows: those of today's program, and a bounded search. */
const rowsSearched = 2000;
const maxOffered = 60;

function headerItems(): MenuItem[] {
  const chosen = new Set(chosenHeaders(state.ui.columns));
  const seen = headersIn(store.rows.slice(-rowsSearched), maxOffered);
  if (seen.length === 0)
    return [{ label: 'No headers are recorded: open the setting netTrace.headers', run: () => openSetting('headers') }];
  const full = chosen.size >= maxHeaderColumns;
  return seen
    .map((id) => ({ id, label: headerLabel(id) }))
    .sort((a, b) => (a.label < b.label ? -1 : 1))
    .map(({ id, label }) => ({
      label,
      checked: chosen.has(id),
      ...(full && !chosen.has(id) ? { disabled: true, title: `There are ${maxHeaderColumns} already` } : {}),
      run: () => show(id, !chosen.has(id)),
    }));
}

export function columnMenu(shown: readonly Column[], at: MenuPlace): MenuItem[] {
  const line = { label: '', separator: true } as const;
  const { columns: choice, sort } = state.ui;
  const on = new Set(shown.map((c) => c.id));
  const items: MenuItem[] = columns
    .filter((c) => c.id !== 'state' && c.id !== 'name' && c.id !== 'waterfall')
    .map((c) => ({ label: c.label, checked: on.has(c.id), run: () => show(c.id, !on.has(c.id)) }));
  const headers = chosenHeaders(choice).map((id) => ({
    label: headerLabel(id),
    checked: on.has(id),
    run: () => show(id, false),
  }));
  const more = {
    label: 'Headers…',
    run: () => showMenu('Headers as columns', at, headerItems()),
  };
  const by = (['start', 'end', 'duration', 'wait'] as const).map((name) => ({
    label: `Waterfall: sort by ${name}`,
    checked: sort.column === 'waterfall' && (sort.by ?? 'start') === name,
    run: () =>
      setUi({ sort: name === 'start' ? byStart : { column: 'waterfall', descending: name !== 'end', by: name } }),
  }));
  const groups = groupings.map((name) => ({
    label: `Group by ${name === 'calledAt' ? 'called at' : name}`,
    checked: state.ui.groupBy === name,
    run: () => setUi({ groupBy: name }),
  }));
  const reset = {
    label: 'Reset columns',
    run: () => setUi({ columns: { shown: {}, widths: {} }, sort: byStart, groupBy: 'none' }),
  };
  return [...groups, line, ...items, ...headers, more, line, ...by, line, reset];
}
