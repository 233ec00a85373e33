/** Clicks, the menu and the hovering pointer over the rows. Rows share their handlers, as their nodes change owner. */
import * as actions from '../../input/actions';
import { hideSoon, showBreakdownOf } from '../../input/breakdownPopUp';
import { showRowMenu } from '../../input/rowMenu';
import { openCode } from '../../state/host';
import { rowType, setRelated } from '../../state/overlays';
import { state, store } from '../../state/state';
import type { Row } from '../../view/types';

const rowAt = (event: Event): HTMLElement | undefined => {
  const row = (event.target as HTMLElement).closest<HTMLElement>('.row');
  return row?.dataset.id ? row : undefined;
};

export function onRowClick(event: MouseEvent): void {
  const node = rowAt(event);
  const id = node?.dataset.id;
  if (!node || !id) return;
  if (id.startsWith('group:')) {
    actions.select(id);
    actions.fold(id, !state.ui.folded.includes(id.slice(6)));
  } else if (event.shiftKey) actions.selectTo(id);
  else if (event.ctrlKey || event.metaKey) actions.toggleSelected(id);
  else {
    if (Number(node.dataset.index) < lastScreen()) actions.follow(false);
    actions.select(id, { open: store.get(id) !== undefined });
    if (store.get(id)?.callSite) openCode(id, true, true);
  }
  node.focus({ preventScroll: true });
}

/** A double click opens the code for good. */
export function onRowDoubleClick(event: MouseEvent): void {
  const id = rowAt(event)?.dataset.id;
  if (id && store.get(id)?.callSite) openCode(id, false);
}

/** First index of the last screen. */
function lastScreen(): number {
  const rows = document.querySelector('.rows');
  return rows ? Math.floor((rows.scrollHeight - rows.clientHeight) / 22) : 0;
}

export function onRowMenu(event: MouseEvent): void {
  const id = rowAt(event)?.dataset.id;
  event.preventDefault();
  if (!id || !store.get(id)) return;
  if (!state.ui.selected.includes(id)) actions.select(id);
  showRowMenu(event.clientX, event.clientY);
}

/** A row drags out as its URL. */
export function onRowDrag(event: DragEvent): void {
  const row = store.get(rowAt(event)?.dataset.id ?? '');
  if (!row || !event.dataTransfer) return;
  event.dataTransfer.setData('text/uri-list', row.url);
  event.dataTransfer.setData('text/plain', row.url);
  event.dataTransfer.setData(rowType, row.id);
  event.dataTransfer.effectAllowed = 'copyLink';
}

let waiting: ReturnType<typeof setTimeout> | undefined;
let over: string | undefined;

/** 300 ms on a bar: its breakdown. With Shift: what belongs to the same connection, redirects or tries stays, the rest fades. */
export function onRowPointer(event: PointerEvent): void {
  const node = rowAt(event);
  const onBar = event.type !== 'pointerleave' && (event.target as HTMLElement).classList.contains('c-waterfall');
  const id = onBar ? node?.dataset.id : undefined;
  const row = id ? store.get(id) : undefined;
  setRelated(row && event.shiftKey ? relatedTo(row) : undefined);
  if (id === over) return;
  over = id;
  clearTimeout(waiting);
  if (!id || !node || !row) hideSoon();
  else waiting = setTimeout(() => showBreakdownOf(id, node), 300);
}

let related: { id: string; version: number; ids: ReadonlySet<string> } | undefined;

function relatedTo(row: Row): ReadonlySet<string> {
  if (related?.id === row.id && related.version === store.version) return related.ids;
  const operation = row.operation ?? row.id;
  const ids = new Set(
    store.rows
      .filter(
        (r) =>
          r.id === row.id ||
          (r.operation ?? r.id) === operation ||
          (r.connection && r.connection.id === row.connection?.id),
      )
      .map((r) => r.id),
  );
  related = { id: row.id, version: store.version, ids };
  return ids;
}
