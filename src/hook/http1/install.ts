/**
 * Requests of `http` and `https`. Creation is seen at the entry (call site, instant), in the agent's `addRequest`, or at
 * the latest when a socket is given. `http.client.request.start` and `.response.finish` are misnomers: the first comes
 * when the whole request has been handed over, the second when the response's head has been parsed.
 */

import type { Agent, IncomingMessage } from 'node:http';
import { armed, atResponse } from '../control/breakpoints';
import { hasResponse } from '../control/selection';
import { dialling } from '../records/currentDial';
import { informed } from '../records/informational';
import { joinRefusal, lastRefusal } from '../records/proxy';
import { wireOf } from '../records/wireOf';
import { expectRedirect, hopBefore, isRedirect } from '../request/redirects';
import { installRetries, leaveWire, made, noteTry, retries, triedBefore } from '../request/retries';
import { mayBeRetried, retryOfFailed } from '../request/retryStacks';
import { abort, assign, beginRequest, beginResponse, fail, finish, hasSent } from '../request/steps';
import { upgraded } from '../request/upgrade';
import { apply, nodeMajor, nodeModule } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { linkedToRequest, linkRequest, linkResponse } from '../runtime/links';
import { whenLoaded } from '../runtime/nodeModules';
import type { AnySocket, ConnectOptions } from '../runtime/nodeTypes';
import { subscribe } from '../runtime/patches';
import { frameGone, roomForFrame } from '../runtime/stackLimit';
import { shimAbove, watchEmit, wrap } from '../runtime/wrap';
import { entered, entry } from '../sites/callSite';
import { adopt } from '../sockets/adopt';
import { findCarrier } from '../sockets/carrier';
import { installProxies } from '../sockets/connectTunnels';
import { type AgentInside, dialler, firstOn, isOnlySocket, joinDial } from './agents';
import { watchBodies } from './body';
import { Http1Record, type Outgoing } from './record';
import { type Response, watchResponses } from './response';
import { hasThrown } from './thrown';

const part = parts.http1;
const recordOf = linkedToRequest<Http1Record>;

export function installHttp1(): void {
  whenLoaded('http', () => {
    const http = nodeModule('node:http') as typeof import('node:http');
    watchEntries(http);
    watchAgent(http.Agent.prototype);
    ({ addRequest } = http.Agent.prototype as { addRequest?: unknown });
    watchRequests(http.ClientRequest.prototype);
    watchResponses(http.IncomingMessage.prototype);
  });
  whenLoaded('https', () => {
    // Node's own `https` is made of the parts of `http`, and does not load it.
    nodeModule('node:http');
    watchEntries(nodeModule('node:https') as typeof import('node:https'));
  });
  installProxies();
  installRetries();
  subscribe('http.client.response.finish', onResponse);
  if (nodeMajor >= 20) subscribe('http.client.request.error', onRequestError);
}

function watchEntries(m: typeof import('node:http') | typeof import('node:https')): void {
  for (const name of ['request', 'get'])
    wrap(m, name, (original) =>
      entry(original, false, onEntryReturn, (by, args) => hasThrown(by, args, { original, of: m })),
    );
}

function watchAgent(prototype: object): void {
  wrap(
    prototype,
    'addRequest',
    (original) =>
      function addRequest(this: Agent, ...args: [Outgoing, ConnectOptions]) {
        begin(args[0], args[1]);
        const room = roomForFrame();
        try {
          return apply(original, this, args);
        } finally {
          if (room !== 0) frameGone(room);
        }
      },
  );
  wrap(
    prototype,
    'createSocket',
    (original) =>
      function createSocket(this: AgentInside, ...args: [Outgoing]) {
        const outer = dialling.by;
        dialling.by = dialler(this, args[0]);
        const room = roomForFrame();
        try {
          return apply(original, this, args);
        } finally {
          if (room !== 0) frameGone(room);
          dialling.by = outer;
        }
      },
  );
}

/** The record of a request: begun now if it is not known yet. */
const begin = guarded(part, 'http1.begin', (req: Outgoing, options?: ConnectOptions): Http1Record => {
  const known = recordOf(req);
  if (known !== undefined) return known;
  const r = new Http1Record(entered.by?.at ?? now(), req, options);
  linkRequest(req, r);
  if (entered.by) entered.by.made ??= r;
  const hop = hopBefore(r);
  if (hop !== undefined) r.redirectOf = hop;
  else {
    const before = triedBefore(options) ?? retryOfFailed(r);
    if (before !== undefined) retries(r, before);
  }
  noteTry(options, r);
  made(r);
  beginRequest(r);
  return r;
});

/** Agents with an `addRequest` of their own come to sockets much later. */
function onEntryReturn(req: unknown): void {
  if (typeof req === 'object' && req !== null && recordOf(req) === undefined) begin(req as Outgoing);
}

function watchRequests(prototype: object): void {
  wrap(
    prototype,
    'onSocket',
    (original) =>
      function onSocket(this: Outgoing, ...args: [AnySocket | null, unknown?]) {
        onAssigned(this, args[0], args[1]);
        return apply(original, this, args);
      },
  );
  wrap(
    prototype,
    'destroy',
    (original) =>
      function destroy(this: Outgoing, ...args: unknown[]) {
        onDestroy(this, args[0]);
        return apply(original, this, args);
      },
  );
  // The head leaves by one of these two: at once, or with what has been kept until a socket came.
  for (const name of ['_writeRaw', '_flushOutput']) {
    wrap(
      shimAbove(prototype),
      name,
      (original) =>
        function (this: Outgoing, ...args: unknown[]) {
          if (this.socket) onWrite(this);
          return apply(original, this, args);
        },
    );
  }
  watchBodies(prototype);
  watchEmit(prototype, watchRequest as (emitter: never) => boolean | undefined, onRequestEvent as never);
}

let addRequest: unknown;

/** Made before tracing began, and put by Node's own agent into its queue: when, and where from, is not known. */
const isEarlier = (req: Outgoing): boolean =>
  recordOf(req) === undefined && (req.agent as { addRequest?: unknown } | undefined)?.addRequest === addRequest;

const onAssigned = guarded(part, 'http1.socket', (req: Outgoing, socket: AnySocket | null, error: unknown) => {
  if (isEarlier(req)) return;
  const r = begin(req);
  // No socket could be made for it: a proxy refused.
  if (r !== undefined && error) {
    joinDial(r, error);
    return fail(r, error, now());
  }
  if (r === undefined || !socket || r.endAt !== 0) return;
  if (r.wire !== undefined) {
    if (r.socket === socket) return;
    leaveWire(r, now());
  }
  const wire = wireOf(socket) ?? adopt(socket);
  if (wire !== undefined && wire.requests === 0 && r.method !== 'CONNECT') firstOn(r, wire, socket);
  if (wire !== undefined && wire.request === undefined && wire.requests === 0 && wire.via !== 'undici') {
    // Dialled without an agent, or by one that is not Node's: inside this very call if it is still connecting.
    if (wire.connectedAt === 0 && wire.beginAt >= r.createdAt) {
      wire.request = r;
      r.dial = wire;
    }
  }
  const holder = wire?.last;
  assign(r, wire, r.method !== 'CONNECT');
  r.socket = socket;
  if (wire === undefined) {
    if (socket._handle) r.hadHandle = true;
    else if (lastRefusal.connect !== undefined) joinRefusal(r, r.authority());
  }
  if (
    holder !== undefined &&
    holder.method !== 'CONNECT' &&
    holder.endAt > r.createdAt &&
    holder.assignedAt <= r.createdAt &&
    isOnlySocket(req, socket)
  ) {
    r.blockedBy = holder.hold === undefined ? holder.id : 0;
  }
});

const onWrite = guarded(part, 'http1.write', (req: Outgoing) => {
  const r = recordOf(req);
  if (r === undefined || r.sendBeginAt !== 0 || r.assignedAt === 0) return;
  if (!req._header) return;
  r.sendBeginAt = now();
  if (r.wire !== undefined && r.method !== 'CONNECT') r.wire.sentHeads++;
});

/** At each emission: what the request's own state says has happened since. True only where the event itself is needed. */
const watchRequest = guarded(part, 'http1.watch', (req: Outgoing): boolean => {
  const r = recordOf(req);
  if (r === undefined || r.endAt !== 0) return false;
  if (r.upload !== undefined && req.writableNeedDrain !== true && !req.finished) r.upload.drained(r, now());
  if (r.sendEndAt === 0 && r.sendBeginAt !== 0 && r.hasLeft()) hasSent(r);
  if (r.responseBeginAt === 0 && req.parser?.incoming) onInformation(r, req.parser.incoming);
  if (req.upgradeOrConnect === true && r.responseBeginAt === 0) {
    const t = now();
    beginResponse(r, t);
    r.message = req.res;
    finish(r, r.method === 'CONNECT' ? 'tunnel' : 'upgraded', t);
    // What comes with the event is the first piece of what follows.
    return r.method !== 'CONNECT';
  }
  if (req._closed === true) closed(r);
  // Who reads `emit` before there is a socket, as nothing is emitted then, means to replace it (got 11, agents of
  // observability): what he keeps and calls each time is ours.
  return !req.socket || (nodeMajor < 20 && r.responseBeginAt === 0);
});

/** The request is done with its socket. A response that is there in full may still be read. */
function closed(r: Http1Record): void {
  const switched = r.outgoing.res;
  if (r.message === undefined && switched?.statusCode === 101) {
    // The program does not listen for `upgrade`: Node has given up the connection.
    r.message = switched;
    beginResponse(r, now());
    abort(r, undefined, r.responseBeginAt);
  } else if (r.message === undefined) fail(r, r.wire?.closeError ?? r.dial?.closeError, now());
  else if (!r.message.complete) fail(r, r.wire?.closeError, now());
  else if (r.message.readableEnded) finish(r, 'complete', wholeAt(r));
}
/** Its own body may leave after the answer is there. */
const wholeAt = (r: Http1Record): number => Math.max(r.readEndAt, r.sendEndAt) || now();

/** Node 18 has no channel for errors; an upgrade brings its socket; a replaced `emit` is read by nobody any more. */
const onRequestEvent = guarded(part, 'http1.event', (req: Outgoing, a: ArrayLike<unknown>) => {
  const r = recordOf(req);
  if (r === undefined) return;
  if (Object.hasOwn(req, 'emit')) watchRequest(req);
  if (a[0] === 'error') endByError(r, a[1]);
  else if (a[0] === 'upgrade') upgraded(r, a[2] as AnySocket, a[3]);
});

/** Two events report a 100, one of the others: the message is the same. */
function onInformation(r: Http1Record, m: IncomingMessage): void {
  const status = m.statusCode ?? 0;
  if (status < 100 || status >= 200 || status === 101 || r.lastInformation === m) return;
  r.lastInformation = m;
  informed(r, status);
}

const onRequestError = guarded(part, 'http1.error', (m: { request: Outgoing; error: unknown }) => {
  const r = recordOf(m.request);
  if (r === undefined) return;
  joinDial(r, m.error);
  endByError(r, m.error);
});

/** A signal that was aborted before the request was made ends its socket, which has nothing else to say. */
function endByError(r: Http1Record, error: unknown): void {
  if ((error as { code?: unknown } | null | undefined)?.code === 'ABORT_ERR') abort(r, error, now());
  else fail(r, error, now());
}

const onDestroy = guarded(part, 'http1.destroy', (req: Outgoing, error: unknown) => {
  const r = recordOf(req);
  if (r === undefined || req.destroyed) return;
  if (r.message?.complete && r.message.readableEnded) finish(r, 'complete', wholeAt(r));
  else abort(r, error, now());
});

const onResponse = guarded(part, 'http1.response', (m: { request: Outgoing; response: Response }) => {
  const r = recordOf(m.request);
  if (r === undefined || r.endAt !== 0) return;
  const t = now();
  if (r.sendEndAt === 0 && r.hasLeft()) r.sendEndAt = t;
  beginResponse(r, t);
  r.message = m.response;
  linkResponse(m.response, r);
  if (r.wire?.winner === undefined) findCarrier(r);
  const status = m.response.statusCode ?? 0;
  if (status >= 400) mayBeRetried(r);
  else if (isRedirect(status)) {
    const { location } = m.response.headers;
    if (location) expectRedirect(r, location);
  }
  hasResponse(r);
  if (armed.on) atResponse(r);
});
