/** The steps of one request: begun, given a socket, sent, its body coming, ended. Only readings and references are noted. */

import { armed, atBegin, atEnd } from '../control/breakpoints';
import { lastPoll, pollControl } from '../control/controlFile';
import { countReported, reportedEnded } from '../control/running';
import { beginMatched, decideAtEnd, want } from '../control/selection';
import { push, pushEnded, pushLater, type Writable } from '../output/queue';
import { framingOf } from '../records/body/chunks';
import { keepMark } from '../records/body/marks';
import { lastRefusal, type ProxyRoute, passProxy } from '../records/proxy';
import { matching } from '../records/recording';
import type { Counters, Outcome, RequestRecord } from '../records/request';
import { markLine } from '../records/requestLines';
import { phaseNow } from '../records/requestPhase';
import type { Wire } from '../records/wire';
import { now, processorTime, recentProcessorTime } from '../runtime/clock';
import { parts } from '../runtime/guard';
import { idleTime } from '../runtime/idle';
import { past } from '../runtime/ids';
import type { TimerTurn } from '../runtime/timerTurn';
import { entered, inheritSite, takeSite } from '../sites/callSite';
import { context, presentContext, takeContext } from '../sites/labels';
import { awaitResponse, endAwait, loopDelayMax } from './loopMarks';
import { mayBeRetried } from './retryStacks';
import { abortedAt, abortingTimer, nameTimer, reasonGiven } from './timers';

/** Asked why a request ends without a connection: by the sockets, which know what is under one. */
export const carriers: { explain: ((r: RequestRecord) => void) | undefined } = { explain: undefined };

/** Starts a record: its call site, its hop before, its place in the queue. */
export function beginRequest(r: RequestRecord): void {
  // A request that waited for a pool is made in another's context: the program's call noted its own.
  if (context.on) takeContext(r, entered.by === undefined ? presentContext() : entered.by.context);
  // The record of a refused fetch is made after the call: how busy the loop was since is not known.
  if (entered.by?.isLate) r.idleAt = Number.NaN;
  else {
    r.idleAt = idleTime();
    r.processorAt = recentProcessorTime(r.createdAt);
    r.awaited = true;
    awaitResponse(r.createdAt, r.idleAt);
  }
  announce(r);
}

/** It is reported, held back, or left out, by what is asked for. */
export function announce(r: RequestRecord): void {
  if (r.createdAt - lastPoll.at >= 100) pollControl(r.createdAt);
  if (matching.plain) {
    if (parts.callSites.on) {
      const before = r.redirectOf ?? r.retryOf;
      if (before) inheritSite(r, before);
      else takeSite(r);
    }
    push(r);
  } else beginMatched(r);
  countReported(r);
  if (armed.on) atBegin(r);
}

/** A socket takes the request. `counted`: it is one more on this connection (a CONNECT is not). */
export function assign(r: RequestRecord, wire: Wire | undefined, counted: boolean): void {
  r.assignedAt = now();
  r.sentWritten = 0;
  if (wire === undefined) return;
  r.wire = wire;
  if (counted) {
    wire.requests++;
    // How many went over it before is not known.
    if (!wire.earlier) r.ordinal = wire.requests;
  }
  const before = wire.last;
  if (before !== undefined && wire.running === 0 && before.endAt !== 0) r.idleFrom = before.endAt;
  // Counters report one request's bytes only while it is alone on the connection.
  wire.shared = wire.running > 0;
  wire.running++;
  wire.last = r;
  // Before what is said of a tunnel, which only a connection that is recorded has.
  if (!wire.wanted && r.hold === undefined) want(wire, r);
  // A CONNECT of HTTP/2 makes a tunnel of its stream alone.
  if (wire.route !== undefined || r.absolute || (r.method === 'CONNECT' && r.streamId === 0)) passProxy(r, wire);
}

/** The last byte was handed over; reported soon when the line of its begin is already out, unless the answer is there first. */
export function hasSent(r: RequestRecord): void {
  if (r.sendEndAt !== 0) return;
  r.sendEndAt = now();
  if (r.written === 1) pushLater(r);
}

/** From this busy time on, more is said of it: whether the program was computing, whether the response waited. */
const longBusyMs = 50;

/** The head of its response is there. */
export function beginResponse(r: RequestRecord, t: number): void {
  r.responseBeginAt = t;
  if (!r.awaited) return;
  r.awaited = false;
  endAwait();
  const idle = idleTime();
  const busy = t - r.createdAt - (idle - r.idleAt);
  if (busy >= longBusyMs) r.loopDelayMax = loopDelayMax(t, idle, busy);
}

/** Ends the request; what comes after is ignored. */
export function finish(r: RequestRecord, outcome: Outcome, t: number): void {
  if (r.endAt !== 0) return;
  r.endAt = t;
  r.outcome = outcome;
  if (r.timerTurn !== undefined) forgetIdleTimer(r, r.timerTurn);
  if (r.awaited) {
    r.awaited = false;
    endAwait();
  }
  r.busyTime = t - r.createdAt - (idleTime() - r.idleAt);
  if (r.busyTime >= longBusyMs) r.processorTime = processorTime() - r.processorAt;
  if (outcome === 'failed' || outcome === 'aborted') mayBeRetried(r);
  const wire = r.wire;
  if (wire === undefined ? r.assignedAt !== 0 : wire.mocked) carriers.explain?.(r);
  if (wire !== undefined) release(r, wire);
  if (wire?.route !== undefined && r.method === 'CONNECT') hasConnectResponse(r, wire, wire.route);
  if (r.wire === undefined && r.dial?.route?.isProxy) passProxy(r, r.dial);
  if (r.hold !== undefined || r.open !== undefined) endUnreported(r);
  else endReported(r);
  r.asTry?.ended();
  if (armed.on) atEnd(r);
}

function endReported(r: RequestRecord): void {
  pushEnded(r);
  reportedEnded();
}

/** Whether it is reported is decided now. */
function endUnreported(r: RequestRecord): void {
  const wasReported = r.hold === undefined;
  decideAtEnd(r);
  if (wasReported) endReported(r);
  else if (r.hold === undefined) pushEnded(r);
}

/** A CONNECT that was not let through makes no tunnel. */
function hasConnectResponse(r: RequestRecord, wire: Wire, route: ProxyRoute): void {
  r.facts ??= r.responseBeginAt === 0 ? undefined : r.readResponse();
  const status = r.facts?.status ?? 0;
  if (r.outcome === 'tunnel' && status >= 200 && status < 300) route.connect = r;
  else {
    route.refused = true;
    if (status !== 0) {
      lastRefusal.connect = r;
      lastRefusal.wire = wire;
    }
  }
  if (r.outcome === 'tunnel' && route.refused) r.outcome = 'complete';
}

/** The connection is free of the request: what it carried since the request before is this one's share. */
function release(r: RequestRecord, wire: Wire): void {
  if (wire.running > 0) wire.running--;
  // Destroyed before it was sent: newer Nodes (24 on) keep the connection, and the next request is as if it had not been.
  if (r.sendBeginAt === 0 && r.ordinal !== 0 && r.ordinal === wire.requests) wire.requests--;
  const counters = r.socketCounters();
  if (counters === undefined) return;
  const { bytesRead, bytesWritten } = counters;
  if (!wire.shared && wire.last === r && wire.readyAt !== 0) {
    r.bytesReceived = bytesRead - wire.received;
    const left = r.outcome === 'complete' ? bytesWritten : leftBy(counters, wire);
    if (left >= 0) r.bytesSent = left - wire.sent;
    if (r.outcome === 'complete' && wire.received > 0 && r.bytesReceived === 0 && r.bytesSent === 0)
      notCarried(r, wire);
  }
  wire.received = bytesRead;
  wire.sent = bytesWritten;
}

/** It has a response, but its connection carried no bytes: a tool answered on a kept-alive connection (nock 15). */
function notCarried(r: RequestRecord, wire: Wire): void {
  r.mocked = true;
  r.wire = undefined;
  if (r.ordinal === wire.requests) wire.requests--;
  if (wire.sentHeads > 0) wire.sentHeads--;
  r.ordinal = 0;
}

/** Bytes that have left the process: not those that wait in it, of which TLS does not report the size. -1: not known. */
function leftBy(socket: Counters, wire: Wire): number {
  const { _handle: handle, writableLength = 0 } = socket;
  const plain = wire.tunnel === undefined && !wire.secure;
  if (wire.closedAt !== 0 && plain) return wire.bytesSent;
  const queued = (handle?.writeQueueSize ?? 0) + (handle?._parent?.writeQueueSize ?? 0);
  if (writableLength === 0 && queued === 0) return socket.bytesWritten;
  return plain && handle?.bytesWritten !== undefined ? handle.bytesWritten - queued : -1;
}

/** The program, or the client for it, ended the request before its time. */
export function abort(r: RequestRecord, reason: unknown, t: number): void {
  if (r.endAt !== 0) return;
  // The client follows: it wants no more of this answer than its head.
  if (r.followed) {
    finish(r, 'complete', t);
    return;
  }
  nameTimer(r, reason, t);
  r.abortReason = reasonGiven(reason);
  r.abortAt = abortedAt(r.abortReason, r) || t;
  r.abortTimer = abortingTimer();
  finish(r, 'aborted', t);
}

export function fail(r: RequestRecord, error: unknown, t: number): void {
  if (r.endAt !== 0) return;
  nameTimer(r, error, t);
  r.error = error;
  r.phase = phaseNow(r);
  const waiting = r.waitingBytes();
  if (waiting !== 0) r.unreadBytes = waiting;
  finish(r, 'failed', t);
}

/** Its response is whole, or its head is there, and the client refuses it for what it is. */
export function refuseResponse(r: RequestRecord, error: unknown, t: number): void {
  if (r.endAt === 0) {
    fail(r, error, t);
    return;
  }
  if (r.outcome !== 'complete') return;
  r.error = error;
  r.phase = 'download';
  r.outcome = 'failed';
  mayBeRetried(r);
  if (r.written < 3) return;
  r.written = 2;
  push(r);
}

/** The timer of its socket or stream fired. */
export function hasTimedOut(r: RequestRecord, t: number, limit: number, turn: TimerTurn): void {
  // An earlier timeout that ended nothing gives way to this one.
  if (r.endAt !== 0 || (r.timeoutAt !== 0 && (r.timerTurn === undefined || r.timerTurn.lasts()))) return;
  r.timeoutAt = t;
  r.timerTurn = turn;
  r.timeoutLimit = limit;
  r.timeoutKind = r.socketTimer(limit);
}

/** A socket's timer only reports that nothing came: a request that went on and was given up later did not end by it. */
function forgetIdleTimer(r: RequestRecord, turn: TimerTurn): void {
  r.timerTurn = undefined;
  if (r.timeoutKind !== 'socket' && r.timeoutKind !== 'agent' && r.timeoutKind !== 'stream') return;
  if (r.wire?.timedOut || (r.leftAt === 0 ? turn.lasts() : r.leftByTimer)) return;
  r.timeoutAt = 0;
  r.timeoutLimit = 0;
  r.timeoutKind = '';
}

/** A piece of the body came. */
export function chunk(r: RequestRecord, bytes: number): void {
  const t = now();
  r.framing += framingOf(bytes);
  if (r.chunks++ === 0) {
    r.bodyBytes = bytes;
    r.firstAt = t;
    r.firstBytes = bytes;
  } else {
    r.bodyBytes += bytes;
    if (t - r.lastAt > r.gapEnd - r.gapBegin) {
      r.gapBegin = r.lastAt;
      r.gapEnd = t;
    }
    r.marks ??= [r.firstAt, r.firstBytes];
    keepMark(r.marks, r.chunks - 1, t, bytes);
  }
  r.lastAt = t;
  if (r.lineAt !== 0 && t - r.lineAt >= 1000) {
    r.lineAt = t;
    push(new Mark(r));
  }
}

/** Progress of a long body: a separate line, at most once per second. */
class Mark implements Writable {
  constructor(private readonly r: RequestRecord) {}
  lines(): string {
    const { r } = this;
    return r.endAt !== 0 || r.id <= past.id ? '' : markLine(r);
  }
}
