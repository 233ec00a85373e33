/** Showing and hiding of the breakdown pop-up: never over its own row, and the pointer may enter it. */

import { askDetails } from '../state/host';
import { hidePopUp, showPopUp } from '../state/overlays';
import { state, store } from '../state/state';

let leaving: ReturnType<typeof setTimeout> | undefined;

export function showBreakdownOf(id: string, row: HTMLElement): void {
  clearTimeout(leaving);
  if (!store.get(id)) return;
  const cell = row.querySelector('.c-waterfall') ?? row;
  const { left, right, top, bottom } = row.getBoundingClientRect();
  showPopUp(id, { left, right, top, bottom }, cell.getBoundingClientRect().left + 6);
  if (id === state.ui.active && !state.details) askDetails(id);
}

/** Hides it after the time the pointer needs to come from the bar into it. */
export function hideSoon(): void {
  clearTimeout(leaving);
  leaving = setTimeout(hidePopUp, 150);
}

export const stay = (): void => clearTimeout(leaving);
