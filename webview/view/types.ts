/** The page's one door to the model's types. All instants are µs on the panel's axis; absent means unknown. */

export type { Verdict } from '../../src/model/facts/verdict';
export type { PageCommand, PageMessage, RecordingSetting, RowAction } from '../../src/model/panel/pageMessage';
export type {
  ConnectionRow,
  Details,
  FindingRow,
  HostMessage,
  KernelStatus,
  PanelMessage,
  PanelState,
  RelatedRequest,
  ReplayMark,
  Run,
  Status,
} from '../../src/model/panel/protocol';
export type { Breakdown, Phase } from '../../src/model/phases/phases';
export type { PhasePart } from '../../src/model/phases/types';
export type {
  BodyContent,
  Certificate,
  Connection,
  ConntrackEntry,
  DnsExchange,
  ErrorInfo,
  Evidence,
  Finding,
  Header,
  KernelEvent,
  PacketRef,
  Request,
  SocketOperation,
  TlsTunnel,
} from '../../src/model/records';
export type { Row, RowPhase } from '../../src/model/rows/row';

/** A stretch during which the program stood in the debugger; without end: it still does. */
export interface Pause {
  beginAt: number;
  endAt?: number;
}
