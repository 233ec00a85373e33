/** What commands and menus do with the packets of the active request. */

import { copy } from '../state/host';
import { state } from '../state/state';
import type { Row } from '../view/types';

export function copyWiresharkFilter(): void {
  const filter = state.details?.row.id === state.ui.active ? state.details?.capture.filter : undefined;
  if (filter !== undefined) copy(filter);
}

/**
 * Why the packets of a request cannot be saved; undefined: they can. Those of the active request are known; of another
 * one only whether its run captures any.
 */
export function whyNoPackets(row: Row): string | undefined {
  const { details, readOnly, runs } = state;
  if (details?.row.id === row.id) {
    if (details.capture.missing !== undefined) return details.capture.missing;
    if ((details.packets?.length ?? 0) === 0) return 'No packet of only this request was captured.';
    return details.capture.savable ? undefined : notInFile;
  }
  if (readOnly) return notInFile;
  return runs.find((r) => r.number === row.run)?.captured ? undefined : 'Packet capture was off in this run.';
}

const notInFile = 'An opened file does not contain the packets themselves.';
