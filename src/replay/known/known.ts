/**
 * When each field of a record was known: not before the milestone that it hangs on here. A milestone whose instant was
 * not recorded counts as reached with the next one that was: rather late than too early.
 *
 * A field that the model gains has to be given a milestone here before it compiles.
 */
import type { Request } from '../../model/records';

export interface Knowledge<T> {
  /** Milestones in the order in which they are reached, with their instants (µs since the trace began). */
  milestones(record: T): readonly (readonly [string, number | undefined])[];
  /** Field → milestone. A field of a later version is known at the last one. */
  readonly fields: Readonly<Record<string, string>>;
  /** Fields of objects within, by the object’s field. */
  readonly nested?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** All fields of a record: one that the model gains has to be given a milestone before it compiles. */
export type Table<T> = Readonly<Record<keyof T, string>>;

const requestFields: Table<Request> = {
  id: 'begin',
  thread: 'begin',
  createdAt: 'begin',
  api: 'begin',
  client: 'begin',
  direction: 'begin',
  method: 'begin',
  url: 'begin',
  target: 'begin',
  callSite: 'begin',
  stack: 'begin',
  initiator: 'begin',
  priority: 'begin',
  traceRequests: 'begin',
  label: 'begin',
  test: 'begin',
  cause: 'begin',
  operation: 'begin',
  attempt: 'begin',
  redirectOf: 'begin',
  retryOf: 'begin',
  proxy: 'begin',
  asksCompressed: 'end',
  closes: 'end',
  dial: 'begin',
  blockedBy: 'assigned',
  connection: 'assigned',
  ordinal: 'assigned',
  idleDuration: 'assigned',
  priorSends: 'assigned',
  streamId: 'assigned',
  assignedAt: 'assigned',
  headers: 'sendBegin',
  headersBytes: 'sendBegin',
  sendBeginAt: 'sendBegin',
  body: 'sendBegin',
  sendEndAt: 'sendEnd',
  mocked: 'end',
  protocol: 'head',
  response: 'begin',
  responseBeginAt: 'head',
  upgrade: 'head',
  chunks: 'head',
  endAt: 'end',
  outcome: 'end',
  error: 'end',
  reset: 'end',
  timeout: 'end',
  abort: 'end',
  bytesSent: 'end',
  bytesReceived: 'end',
  loopBusyDuration: 'end',
  processor: 'end',
  kernel: 'end',
  cut: 'end',
  lost: 'end',
  missing: 'end',
  by: 'end',
};

const responseFields: Table<NonNullable<Request['response']>> = {
  informational: 'begin',
  status: 'head',
  statusText: 'head',
  headers: 'head',
  headersBytes: 'head',
  contentType: 'head',
  contentEncoding: 'head',
  declaredBytes: 'head',
  keepAlive: 'head',
  loopDelayMax: 'head',
  serverTiming: 'head',
  readBeginAt: 'head',
  wireBytes: 'end',
  bodyBytes: 'end',
  readBytes: 'end',
  decodeError: 'end',
  content: 'end',
  grpcStatus: 'end',
  trailers: 'end',
};

const bodyFields: Table<NonNullable<Request['body']>> = {
  declaredBytes: 'sendBegin',
  lastWriteAt: 'sendBegin',
  bytes: 'sendEnd',
  wireBytes: 'sendEnd',
  drainWaits: 'sendEnd',
  drainDuration: 'sendEnd',
  content: 'sendEnd',
};

/** Last instant of a request that has ended; one that was not read, or was switched, may have none but its head. */
export function endOfRequest(r: Request): number | undefined {
  if (r.endAt !== undefined || r.outcome === undefined) return r.endAt;
  return r.responseBeginAt ?? r.sendEndAt ?? r.sendBeginAt ?? r.assignedAt ?? r.createdAt;
}

export const ofRequests: Knowledge<Request> = {
  milestones: (r) => [
    ['begin', r.createdAt],
    ['assigned', r.assignedAt],
    ['sendBegin', r.sendBeginAt],
    ['sendEnd', r.sendEndAt],
    ['head', r.responseBeginAt],
    ['end', endOfRequest(r)],
  ],
  fields: requestFields,
  nested: { response: responseFields, body: bodyFields },
};
