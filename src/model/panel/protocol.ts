/**
 * What the extension host sends to the panel's page; what comes from there is in pageMessage.ts. Instants are µs on the panel's axis: each run has its offset added.
 */
import type { Verdict } from '../facts/verdict';
import type { Breakdown } from '../phases/phases';
import type {
  Certificate,
  Connection,
  ConntrackEntry,
  Dial,
  DnsExchange,
  Evidence,
  Finding,
  KernelEvent,
  Lookup,
  PacketRef,
  PhaseName,
  Request,
  SocketOperation,
  TlsTunnel,
} from '../records';
import type { Row } from '../rows/row';
import type { GroupBy } from './grouping';
import type { PageCommand, RecordingSetting } from './pageMessage';

/** A run: one start of a program (one root debug session), or an opened file. */
export interface Run {
  /** Ordinal in the panel, from 1. */
  number: number;
  /** Name of the launch configuration, or of the file. */
  title: string;
  /** File that the program began with: `hello.js`; absent: not known, or only a package manager. */
  program?: string;
  /** RFC 3339. */
  beginTime: string;
  state: 'running' | 'ended' | 'interrupted';
  /** µs from the axis's zero to the run's begin. */
  offset: number;
  /** µs on the axis at which its program began, which labels and `started:` count from; absent: with the run. */
  began?: number;
  /** µs on the axis; absent while it runs. */
  endAt?: number;
  exitCode?: number;
  signal?: string;
  /** The trace ended, and its program was still running. */
  leftRunning?: boolean;
  processes: { pid: number; label: string }[];
  /** How much of it was traced; absent: all, as far as is known. */
  traced?: 'none' | 'some';
  /** Requests that were made but not traced, as far as is known. */
  untraced?: number;
  /** Requests that were made before were cleared away. */
  cleared?: true;
  /** What the program wrote last to its standard error; only of one that failed before it made a request. */
  errorLine?: string;
  /** Packets are, or were, captured. */
  captured?: true;
  /** No program: the user sent its requests from Net Trace. */
  sentByYou?: true;
  /** Times in the debugger, on the panel's axis. */
  pauses?: { beginAt: number; endAt?: number; thread?: string; process?: string }[];
  /** Shown as the message line; the page shows one at a time, ordered hook, dropped, untraced, ended, notice, helper. */
  message?: PanelMessage;
  /** Further ones, of less weight. */
  moreMessages?: PanelMessage[];
}

/** What is in force when not every request is traced. */
export interface Tracing {
  /** As the user wrote them, one a trace rule; empty: tracing is off. */
  conditions: string[];
  /** The user paused recording, to go on later. */
  paused?: true;
  /** Requests of the newest run that were traced, and all that it made. Absent: none was left out, as far as is known. */
  traced?: number;
  made?: number;
}

export interface PanelMessage {
  kind: 'hook' | 'dropped' | 'onDisk' | 'untraced' | 'ended' | 'notice' | 'helper';
  text: string;
  action?: { title: string; command: PageCommand };
}

/** The status line. Exact counts, whatever was evicted. */
export interface Status {
  recording: boolean;
  requests: number;
  failed: number;
  /** Answered with 5xx. */
  serverErrors: number;
  running: number;
  /** Without the pipes. */
  connections: number;
  /** Unix sockets and named pipes that carried no request. Absent: none. */
  pipes?: number;
  reuses: number;
  bytesSent: number;
  bytesReceived: number;
  evicted: number;
  /** µs; absent before the first run. */
  elapsed?: number;
  /** Absent before the host has looked. */
  kernel?: KernelStatus;
  /** Absent: every request is traced. */
  tracing?: Tracing;
  /** Rows that were cleared and can be brought back. Absent: none. */
  cleared?: number;
  /** What the recording of the newest run took, a line each. Absent: not known. */
  tracer?: string[];
}

/** What is recorded of the kernel's side. */
export interface KernelStatus {
  /** `basic`: TCP statistics only; `full`: events and connection tracking too. */
  state: 'off' | 'basic' | 'full' | 'fault';
  /** One line for each state that parts are in: `events, conntrack, packets: need permission`. */
  lines: string[];
  /** More can be had: by permission, or by asking for it. */
  enable?: boolean;
}

export interface PanelState {
  rows: Row[];
  runs: Run[];
  status: Status;
  /** µs on the axis: the page counts on from it while something runs. */
  now: number;
  view: 'panel' | 'editor';
  /** For the connections view. */
  connections?: ConnectionRow[];
  /** For the findings view: worst first. */
  findings?: FindingRow[];
  /** An opened file: no recording, no clearing. */
  readOnly?: boolean;
  title?: string;
  /** Absent: it is not stepped through. */
  replay?: ReplayMark;
  /** What the page gave to `persist` last. */
  persisted?: unknown;
}

/** What the analysis found in a run, with the requests it is about as links. */
export interface FindingRow {
  /** Run, rule and cause: the same one after the next analysis. */
  id: string;
  run: number;
  rule: string;
  severity: Finding['severity'];
  title: string;
  text: string;
  fault: Finding['fault'];
  certainty: Finding['certainty'];
  advice?: string;
  evidence: Evidence[];
  /** The first ones. */
  requests: RelatedRequest[];
  /** How many requests it is about; absent: as many as listed. */
  requestCount?: number;
  /** A connection without a request: its lane. */
  lane?: { id: string; text: string };
}

/** A connection as a lane of the connections view. Instants on the panel's axis; absent = not known. */
export interface ConnectionRow {
  id: string;
  number: number;
  thread: string;
  /** Host and port asked for. */
  host: string;
  /** Address that answered. */
  remote?: string;
  /** `TLS 1.3 · h2`. */
  protocol?: string;
  beginAt?: number;
  /** Setup was done. */
  readyAt?: number;
  endAt?: number;
  /** Who closed, in words. */
  closedBy?: string;
  /** Requests sent on it, exact. */
  requests: number;
  phases: { name: PhaseName; beginAt: number; duration: number }[];
}

/** Another request, as a link: its row's id, and what it is called. */
export interface RelatedRequest {
  id: string;
  /** `GET /v2/cart`. */
  text: string;
  /** `302`, `TCP refused`. */
  state: string;
  attempt?: number;
}

/** Everything about one request, asked for when its row is selected. */
export interface Details {
  row: Row;
  request: Request;
  dial?: Dial;
  lookup?: Lookup;
  connection?: Connection;
  /** Of the dial, in start order. */
  attempts: Connection[];
  tunnel?: TlsTunnel;
  proxyTunnel?: TlsTunnel;
  /** The peer's chain in the order sent. */
  certificates: Certificate[];
  breakdown: Breakdown;
  /** Requests of the same connection; instants on the panel's axis. */
  connectionRequests: { id: string; path: string; ordinal: number; beginAt?: number; endAt?: number }[];
  /** µs from the run's instants (in the records above) to the panel's axis. */
  offset: number;
  verdict?: Verdict;
  /** Why it opened a connection though there were others; absent: it did not, or was the first. */
  whyNew?: string;
  /** Messages of its lookup. */
  exchanges?: DnsExchange[];
  /** Reads and writes of its connection, if they were recorded. */
  operations?: SocketOperation[];
  /** What the kernel did with its connection, by instant; the last ones. */
  kernelEvents?: KernelEvent[];
  /** The kernel's smoothed round-trip time (µs) during the request, at each sample; absent: fewer than two samples. */
  roundTrips?: { at: number; rtt: number }[];
  /** Its entry of connection tracking. */
  conntrack?: ConntrackEntry;
  /** Captured packets of the request, the first ones; absent: none are known. */
  packets?: PacketRef[];
  capture: {
    /** The bytes are at hand, so that they can be saved. */
    savable: boolean;
    /** Why there are none, and what to do; absent: packets were captured. */
    missing?: string;
    /** It was not asked for: the setting that does. */
    setting?: RecordingSetting;
    /** Finds the request's packets in Wireshark. Absent: its connection is not known. */
    filter?: string;
  };
  /** All requests of its operation (redirects, retries), in order; absent: it is the only one. */
  chain?: RelatedRequest[];
  /** Who held the socket it waited for. */
  holder?: RelatedRequest;
  /** The request this program was answering when it made this one. */
  cause?: RelatedRequest;
  /** How much of headers was recorded. */
  headerLevel?: string;
  /** What the analysis found that concerns it. */
  findings?: Finding[];
  /** What is not measured, and why, in words. */
  missing: { what: string; why: string; setting?: RecordingSetting }[];
  /** Lines of code round the call site; absent when the file is not there. */
  code?: { first: number; lines: string[]; line: number };
  /** Why the file was not read unasked: an opened trace names it. */
  codeWithheld?: 'outsideWorkspace' | 'otherComputer';
}

/** Current position of the replay of the shown trace. Instants on the page's axis. */
export interface ReplayMark {
  /** Index of the event, from 0. */
  event: number;
  events: number;
  at: number;
  beginAt: number;
  endAt: number;
  /** The event in words. */
  text: string;
  /** Id of its request's row; absent: it belongs to none. */
  row?: string;
}

/** Where the page wants the replay to go: to an event, or to an instant on its axis. */
export type SeekTo = { event: number } | { at: number };

export type HostCommand =
  | 'save'
  | 'clear'
  | 'follow'
  | 'focusFilter'
  | 'nextFailed'
  | 'previousFailed'
  | 'copyUrl'
  | 'openRequestBody'
  | 'openResponseBody'
  | 'sendAgain'
  | 'editAndSend'
  | 'copyWiresharkFilter'
  | 'clearFilter'
  | 'toggleView'
  | `groupBy:${GroupBy}`
  | 'tab1'
  | 'tab2'
  | 'tab3'
  | 'tab4'
  | 'tab5';

export type HostMessage =
  | { type: 'state'; state: PanelState }
  | {
      type: 'rows';
      upsert: Row[];
      removed: string[];
      now: number;
      status: Status;
      runs: Run[];
      /** Changed ones, by id. */
      connections?: ConnectionRow[];
      /** They belong to the state sent before, and are not new. */
      rest?: true;
    }
  | { type: 'findings'; findings: FindingRow[] }
  | { type: 'details'; id: string; details: Details | null }
  | { type: 'select'; id: string; reveal: true }
  | { type: 'filter'; text: string }
  | { type: 'replay'; mark: ReplayMark | null }
  | { type: 'command'; command: HostCommand };
