/** What commands and menus do with the packets of the active request. */
import { copy, state } from './state';

export function copyWiresharkFilter(): void {
  const filter = state.details?.row.id === state.ui.active ? state.details?.capture.filter : undefined;
  if (filter !== undefined) copy(filter);
}

/** Those of the active request are known; of another one it is not known yet, so it is tried. */
export function canSavePackets(id: string): boolean {
  const { details } = state;
  return details?.row.id === id ? details.capture.savable && (details.packets?.length ?? 0) > 0 : !state.readOnly;
}
