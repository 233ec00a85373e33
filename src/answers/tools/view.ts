/** What the tools answer from. */

import type { TProperties } from 'typebox';
import { findingsOf } from '../../analysis/document';
import { Usual } from '../../analysis/verdict/case/usual';
import type { Finding } from '../../model/records';
import type { Row } from '../../model/rows/row';
import type { Store } from '../../model/store/store';
import { rowsOf } from '../requests/rows';

/** A trace as it was at one reading. */
export interface View {
  /** The file, or `session` and the beginning of its id. */
  name: string;
  store: Store;
  /** µs since the trace began, as of which it is shown. */
  now: number;
  rows: readonly Row[];
  findings: readonly Finding[];
  usual: Usual;
}

/** What a tool may be asked for beside its own arguments. */
export interface Which {
  session?: string;
  run?: number;
}

export interface Source {
  /** The argument that says which trace is meant; none where there is only one. */
  parameter: TProperties;
  view(which: Which): Promise<View>;
}

/** `now`: µs since the trace began. */
export const viewOf = (name: string, store: Store, now: number): View => ({
  name,
  store,
  now,
  rows: rowsOf(store, now),
  findings: findingsOf(store, now),
  usual: new Usual(store),
});
