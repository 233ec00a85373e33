/**
 * The page's one door to the model's types, and the few optional parts of them that it shows but does not need. All
 * instants are µs on the panel's axis; absent means unknown.
 */
import type { Run as HostRun, PanelState as HostState } from '../src/model/protocol';
import type { Row as ModelRow } from '../src/model/row';

export type { Breakdown, Phase, PhasePart } from '../src/model/phases';
export type { Details, HostMessage, PageCommand, PageMessage, PanelMessage, Status } from '../src/model/protocol';
export type { Certificate, Connection, ErrorInfo, Header, Request } from '../src/model/records';
export type { RowPhase } from '../src/model/row';

export interface Row extends ModelRow {
  /** Instants of a stream's chunks. */
  marks?: number[];
}

/** A stretch during which the program stood in the debugger; without end: it still does. */
export interface Pause {
  beginAt: number;
  endAt?: number;
}

export interface Run extends HostRun {
  pauses?: Pause[];
}

export interface PanelState extends HostState {
  rows: Row[];
  runs: Run[];
}
