/** What floats above the page: the breakdown pop-up, the menu. Not kept when the page is hidden. */
import { invalidate } from './state';

export interface MenuItem {
  label: string;
  /** Absent with `separator`. */
  run?: () => void;
  /** Shown with a check mark when set. */
  checked?: boolean;
  key?: string;
  disabled?: boolean;
  /** Tooltip: why it is disabled. */
  title?: string;
  separator?: true;
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** `above`: its lower edge is at `y`, so that it does not cover the button it was opened by. */
export interface MenuPlace {
  x: number;
  y: number;
  above?: true;
}

export const overlays: {
  /** Row whose breakdown is shown, and the box it must not cover. */
  popUp?: { id: string; box: Box; left: number };
  menu?: { at: MenuPlace; items: MenuItem[]; label: string; back: HTMLElement | null };
  /** Rows that stay when the others fade (Shift over a bar). */
  related?: ReadonlySet<string>;
  /** Files are dragged over the page. */
  dropping?: true;
} = {};

export function showPopUp(id: string, box: Box, left: number): void {
  overlays.popUp = { id, box, left };
  invalidate();
}

export function hidePopUp(): boolean {
  if (!overlays.popUp) return false;
  delete overlays.popUp;
  invalidate();
  return true;
}

export function showMenu(label: string, at: MenuPlace, items: MenuItem[]): void {
  hidePopUp();
  overlays.menu = {
    label,
    at,
    items,
    back: document.activeElement instanceof HTMLElement ? document.activeElement : null,
  };
  invalidate();
}

/** Closes the menu and gives the focus back to where it was. */
export function hideMenu(): boolean {
  const { menu } = overlays;
  if (!menu) return false;
  delete overlays.menu;
  menu.back?.focus({ preventScroll: true });
  invalidate();
  return true;
}

/** Type of data that marks a drag of one of our own rows. */
export const rowType = 'application/x-net-trace-row';

export function setDropping(on: boolean): void {
  if ((overlays.dropping ?? false) === on) return;
  if (on) overlays.dropping = true;
  else delete overlays.dropping;
  invalidate();
}

export function setRelated(ids: ReadonlySet<string> | undefined): void {
  if (overlays.related === ids) return;
  if (ids) overlays.related = ids;
  else delete overlays.related;
  invalidate();
}
