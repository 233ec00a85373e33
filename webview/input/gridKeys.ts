/** Keys of the grid. */

import { state, store } from '../state/state';
import * as actions from './actions';
import { showBreakdownOf } from './breakdownPopUp';
import { showRowMenu } from './rowMenu';

export function gridKey(event: KeyboardEvent): void {
  const row = (event.target as HTMLElement).closest<HTMLElement>('.row');
  if (!row || !act(event, row)) return;
  event.preventDefault();
  event.stopPropagation();
}

/** True if the key was ours. */
function act(event: KeyboardEvent, row: HTMLElement): boolean {
  const { active } = state.ui;
  const mod = event.ctrlKey || event.metaKey;
  if (mod && event.key === 'a') actions.selectAll();
  else if (mod && event.key === 'c') actions.copySelected();
  else if (mod || event.altKey) return false;
  else if (event.key === 'ArrowDown') actions.move(1, event.shiftKey);
  else if (event.key === 'ArrowUp') {
    if (row.dataset.index === '0' && !event.shiftKey) document.querySelector<HTMLElement>('.hd .c-name')?.focus();
    else actions.move(-1, event.shiftKey);
  } else if (event.key === 'PageDown') actions.move(actions.grid.pageRows, event.shiftKey);
  else if (event.key === 'PageUp') actions.move(-actions.grid.pageRows, event.shiftKey);
  else if (event.key === 'Home') actions.move(Number.NEGATIVE_INFINITY, event.shiftKey);
  else if (event.key === 'End') actions.move(Number.POSITIVE_INFINITY, event.shiftKey);
  else if (event.key === 'Enter' || event.key === ' ') {
    if (active?.startsWith('group:')) actions.fold(active, !state.ui.folded.includes(active.slice(6)));
    else actions.openSelected(event.key === ' ');
  } else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') return sideways(event.key === 'ArrowRight');
  else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
    const box = row.getBoundingClientRect();
    showRowMenu(box.left + 40, box.bottom);
  } else if (event.key === 'i' && active) showBreakdownOf(active, row);
  else if (event.key === '+' || event.key === '-' || event.key === '0') actions.zoomAround(event.key);
  else return false;
  return true;
}

/** Right unfolds or goes into the details, Left folds. */
function sideways(right: boolean): boolean {
  const { active } = state.ui;
  if (!active) return false;
  if (active.startsWith('group:')) actions.fold(active, !right);
  else if (right && store.get(active)) {
    actions.select(active, { open: true });
    requestAnimationFrame(() =>
      requestAnimationFrame(() => document.querySelector<HTMLElement>('.det [role=tab][aria-selected=true]')?.focus()),
    );
  } else return false;
  return true;
}
