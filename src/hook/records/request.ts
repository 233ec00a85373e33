/**
 * One request. Handlers only note clock readings and references; the lines are built at the end of the tick, from what
 * the record and the client's own objects say then.
 *
 * Times are raw readings of the clock, 0: has not happened. Counts below 0: not measured.
 */

import type { PhaseName } from '../../model/records/common';
import type { Writable } from '../output/queue';
import { nextId } from '../runtime/ids';
import { countOwnRequest } from '../runtime/ownCost';
import type { TimerTurn } from '../runtime/timerTurn';
import type { KeptSite } from '../sites/callSite';
import type { Bodies } from './body/body';
import type { ProxyFacts } from './proxy';
import type { Condition, Hold, PriorSend, ResponseFacts } from './requestData';
import type { Try } from './tries';
import type { Upload } from './upload';
import type { Wire } from './wire';

export type Outcome = '' | 'complete' | 'failed' | 'aborted' | 'notRead' | 'upgraded' | 'tunnel' | 'processExit';
type Api = 'http' | 'https' | 'fetch' | 'undici' | 'http2' | 'websocket';

interface CountingHandle {
  readonly bytesWritten?: number;
  readonly writeQueueSize?: number;
  readonly _parent?: CountingHandle;
}
/** Of a socket: `bytesWritten` has what still waits in the process, too. */
export interface Counters {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly writableLength?: number;
  readonly _handle?: CountingHandle | null;
}

const slash = 47;
const isUrl = /^https?:\/\//i;

/** Few requests have these: their defaults are on the prototype until they are set. */
const rare = {
  error: undefined as unknown,
  phase: undefined as PhaseName | undefined,
  abortAt: 0,
  abortReason: undefined as unknown,
  /** ms of the timer that made the program abort it; 0: none, or not known. */
  abortTimer: 0,
  /** When the program gave it up, where that is known and its end comes later; else 0. */
  leftAt: 0,
  /** It was given up because of its timer, before its end. */
  leftByTimer: false,
  timeoutAt: 0,
  /** Of the socket's or stream's timer that fired at `timeoutAt`. */
  timerTurn: undefined as TimerTurn | undefined,
  timeoutLimit: 0,
  timeoutKind: '',
  /** The library whose timer it is; '': the client's own. */
  timeoutClient: '' as '' | 'got' | 'axios',
  /** Unread stack of where the timer was set. */
  timeoutSite: undefined as Error | undefined,
  dial: undefined as Wire | undefined,
  blockedBy: 0,
  /** Of HTTP/2. */
  streamId: 0,
  /** No kernel connection: the program, or a tool for tests, answers in its place. */
  mocked: false,
  /** Why there is no connection; '': there is, or the request did not come so far. */
  uncarried: '' as '' | 'notSeen' | 'stream',
  /** The socket that it was given had a handle then. */
  hadHandle: false,
  /** What the program calls what it does, and id of the incoming request that it is answering. */
  label: '',
  cause: 0,
  /** Try before this one, and which try this is. */
  retryOf: undefined as Try | undefined,
  attempt: 1,
  /** The line of its begin, or a later one, says so. */
  attemptReported: false,
  /** As a try that may be, or was, followed by another. */
  asTry: undefined as Try | undefined,
  /** It failed, and is kept for its next try. */
  keptAsTry: false,
  /** Sockets that it was put on before. */
  priorSends: undefined as PriorSend[] | undefined,
  /** The proxy that it goes through. */
  proxy: undefined as ProxyFacts | undefined,
  redirectOf: undefined as RequestRecord | undefined,
  /** Its answer sends elsewhere. */
  followed: false,
  /** Of a failed one: bytes of the body that had arrived, and that the program had not taken. -1: not known. */
  unreadBytes: 0,
  gapBegin: 0,
  gapEnd: 0,
  marks: undefined as number[] | undefined,
  /** 1xx replies: instant and status in turn. */
  informational: undefined as number[] | undefined,
  /** When the program gave the last piece of its body. */
  lastGivenAt: 0,
  /** Only once the socket took no more of the body. */
  upload: undefined as Upload | undefined,
  /** Only while bodies are recorded. */
  bodies: undefined as Bodies | undefined,
  /** When its last line was built, while its body is coming. */
  lineAt: 0,
  /** How long its response may have waited for the event loop, ms. Below 0: the loop was not busy, or it is not known. */
  loopDelayMax: -1,
  /** Processor time used from then until its end, ms, where the loop was busy for long. */
  processorTime: -1,
  /** It gives no line, for now or for good; undefined: it is reported. */
  hold: undefined as Hold | undefined,
  /** Trace rules that it matched; undefined: those in force, which ask for everything. */
  matches: undefined as string[] | undefined,
  /** How many of them its first line named. */
  matchesReported: 0,
  /** It is reported; whether these match is still to be seen. */
  open: undefined as readonly Condition[] | undefined,
  /** Its call site, while it is not reported. */
  kept: undefined as KeptSite | undefined,
  /** The process ends before it. */
  leaving: false,
  /** Sides whose headers are written: 1 request, 2 response. */
  headersWritten: 0,
};
type Rare = typeof rare;

export interface RequestRecord extends Rare {}

/** Without the rare fields a hot record is made, and moved by the garbage collector, at half the size. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the prototype has the rare fields, see below
export abstract class RequestRecord implements Writable {
  readonly id = nextId();
  site = 0;
  /** 0 nothing, 1 begun, 2 head, 3 all of it. */
  written = 0;
  /** Its place in the queue for what is reported later; -1: it is not there. */
  laterAt = -1;
  /** What the lines say of its sending: 0 nothing, 1 it has begun, and on which connection, 2 it has ended. */
  sentWritten = 0;
  assignedAt = 0;
  sendBeginAt = 0;
  sendEndAt = 0;
  responseBeginAt = 0;
  readBeginAt = 0;
  endAt = 0;
  outcome: Outcome = '';
  wire: Wire | undefined = undefined;
  ordinal = 0;
  idleFrom = 0;
  bytesSent = -1;
  bytesReceived = -1;
  /** Its target is a whole URL: it speaks to a proxy. */
  readonly absolute: boolean;
  /** Body bytes that the client handed on, before content decoding. -1: none came, -2: cannot be counted. */
  bodyBytes = -1;
  /** In how many pieces. */
  chunks = 0;
  /** Framing of these pieces if each was a chunk of the transfer coding. */
  framing = 0;
  /** First and last piece; `marks` only when there are more. */
  firstAt = 0;
  firstBytes = 0;
  lastAt = 0;
  facts: ResponseFacts | undefined = undefined;
  /** Idle time of the event loop when it was created, ms. */
  idleAt = 0;
  /** How long the loop was busy between creation and end, ms. Below 0: not known. */
  busyTime = -1;
  /** Its response is awaited. */
  awaited = false;
  /** Processor time used when it was created, ms; NaN: not known. */
  processorAt = Number.NaN;

  constructor(
    readonly createdAt: number,
    readonly api: Api,
    readonly method: string,
    readonly path: string,
  ) {
    countOwnRequest();
    this.absolute = path.charCodeAt(0) !== slash && isUrl.test(path);
  }

  // What only the client's objects know, asked for when lines are built.
  /** Every piece of the body passes by us. */
  abstract readonly countsBody: boolean;
  /** Pieces are counted when the program takes them. */
  abstract readonly seesReading: boolean;
  abstract url(): string;
  /** See src/model/facts/outcome.ts: what a timer ended has failed too. */
  get hasFailed(): boolean {
    return this.outcome === 'failed' || this.grpcStatus > 0 || (this.outcome === 'aborted' && this.timeoutKind !== '');
  }
  /** Outcome if the program ends while its body is arriving; '': the reader derives it from whether any was read. */
  outcomeAtExit(): Outcome {
    return '';
  }
  /** Of the body, bytes that wait for the program to take them. -1: not known. */
  waitingBytes(): number {
    return 0;
  }
  /** Of a protocol switch: the protocol agreed, or ''. */
  upgradeProtocol(): string {
    return '';
  }
  /** By which the program can give up the call that it is made for. */
  callSignal(): AbortSignal | undefined {
    return undefined;
  }
  /** `"client":{…},` or nothing. */
  abstract clientText(): string;
  abstract readResponse(): ResponseFacts | undefined;
  /** `{…}`, or nothing when there is no request body. */
  abstract bodyText(): string;
  /** Names and values in turn, in the order on the wire; undefined: not known. */
  abstract headerList(side: 'request' | 'response' | 'trailers'): string[] | undefined;
  /** What of it the program has in hands, for the debugger to show. */
  programObjects(): object {
    return {};
  }
  /** Names (lower case) that the program called secret. */
  get secretHeaders(): readonly string[] | undefined {
    return undefined;
  }
  /** `,"field":…` that this kind of record adds to its last line. */
  endText(): string {
    return '';
  }
  /** Reads the socket's counters at the end, when the request was alone on its connection. */
  abstract socketCounters(): Counters | undefined;

  /** ms of a timer of the client's; 0: not known. */
  timerLimit(_kind: string): number {
    return 0;
  }

  /** Whose timeout of a socket it is that fired. */
  socketTimer(_limit: number): 'socket' | 'agent' {
    return 'socket';
  }

  /** Its head said `Connection: close`. */
  asksToClose(): boolean {
    return false;
  }

  /** Who chose the proxy. */
  proxyBy(): 'agent' | 'dispatcher' | 'env' | 'option' | undefined {
    return undefined;
  }

  /** Status of a gRPC call that has ended, from its trailers, or its head where that is all there is. -1: none. */
  get grpcStatus(): number {
    if (this.endAt === 0 || this.responseBeginAt === 0) return -1;
    this.facts ??= this.readResponse();
    if (this.facts?.contentType.startsWith('application/grpc') !== true) return -1;
    return grpcStatusIn(this.headerList('trailers')) ?? grpcStatusIn(this.headerList('response')) ?? -1;
  }

  /** A header (lower case) that it sends. */
  requestHeader(_name: string): string | undefined {
    return undefined;
  }
  /** Whether it sends this header (lower case). */
  says(_header: string): boolean {
    return false;
  }

  /** All of its lines are out. */
  get isWritten(): boolean {
    return this.written === 3 || this.hold !== undefined;
  }

  /** `recordLines.ts`. */
  abstract lines(): string;
}

function grpcStatusIn(list: readonly string[] | undefined): number | undefined {
  for (let i = 0; list !== undefined && i + 1 < list.length; i += 2)
    if ((list[i] as string).toLowerCase() === 'grpc-status' && /^\d{1,4}$/.test(list[i + 1] as string))
      return Number(list[i + 1]);
  return undefined;
}

Object.assign(RequestRecord.prototype, rare);
