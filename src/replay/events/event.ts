/** An event of a trace: what kinds there are, and what is said about one. */

/** In the order of events at the same instant. */
export const eventKinds = [
  'traceBegins',
  'threadBegins',
  'pauseBegins',
  'pauseEnds',
  'created',
  'dialBegins',
  'lookupBegins',
  'dnsQuery',
  'dnsReply',
  'lookupEnds',
  'socketCreated',
  'attemptBegins',
  'attemptEnds',
  'connected',
  'tunnelStands',
  'tlsBegins',
  'tlsEnds',
  'dialFailed',
  'assigned',
  'sendBegins',
  'operation',
  'sendEnds',
  'informational',
  'kernel',
  'responseBegins',
  'bodyRead',
  'upgraded',
  'goaway',
  'timeout',
  'aborted',
  'ended',
  'failed',
  'readEnds',
  'writeEnds',
  'closed',
  'threadEnds',
  'traceEnds',
] as const;
export type EventKind = (typeof eventKinds)[number];

export interface TimelineEvent {
  /** µs since the trace began. */
  readonly at: number;
  readonly kind: EventKind;
  /** Thread it happened in; `''`: of none that is known (seen by the kernel alone). */
  readonly thread: string;
  /** Request that it belongs to. Absent: to none, or to several. */
  readonly request?: string;
  /** Id of the record whose instant it is; of a thread's event, of the thread. */
  readonly record: string;
  /** Which entry of a list in the record (a reply, a DNS message, an operation). Absent: the record’s own. */
  readonly index?: number;
}

/** Events of the request itself, which a step over visits; the others are below it. */
const ofRequest = new Set<EventKind>([
  'traceBegins',
  'threadBegins',
  'pauseBegins',
  'pauseEnds',
  'created',
  'sendBegins',
  'responseBegins',
  'upgraded',
  'timeout',
  'aborted',
  'ended',
  'failed',
  'threadEnds',
  'traceEnds',
]);
export const isOfRequest = (e: TimelineEvent): boolean => ofRequest.has(e.kind);
