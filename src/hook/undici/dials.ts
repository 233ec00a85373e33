/** Connections of undici: who made them dial, what its pool held then, who waits for one and who held it. */

import { type Dialler, dialling } from '../records/currentDial';
import { poolNumber } from '../records/pools';
import { leadsToProxy } from '../records/proxy';
import type { RequestRecord } from '../records/request';
import type { Wire } from '../records/wire';
import { afterJobs } from '../runtime/builtins';
import { guarded, parts } from '../runtime/guard';
import type { ConnectOptions } from '../runtime/nodeTypes';
import { whenRemoved } from '../runtime/patches';
import { calledByClass } from '../sites/callers';
import { limitOf } from './pools';
import type { UndiciRecord } from './record';

const part = parts.undici;

/** Requests that have no socket yet, in the order of their creation. */
export const waiting = new Set<UndiciRecord>();
let newest: UndiciRecord | undefined;
/** Connections that undici has, for the pool's figures. */
const wires = new Set<Wire>();

whenRemoved(() => {
  waiting.clear();
  wires.clear();
  newest = undefined;
});

interface ConnectParams {
  host: string;
  protocol: string;
}

/** A request was made. */
export function waits(r: UndiciRecord): void {
  if (r.method === 'CONNECT' || r.absolute) throughProxy(r);
  waiting.add(r);
  newest = r;
}

export const onBeforeConnect = guarded(
  part,
  'undici.dial',
  ({ connectParams, connector }: { connectParams: ConnectParams; connector: object }) => {
    const origin = `${connectParams.protocol}//${connectParams.host}`;
    const due = firstWaiting(origin);
    connecting = due;
    const by: Dialler = {
      fill(wire: Wire, _options: ConnectOptions): void {
        dialling.by = undefined;
        wire.via = 'undici';
        wire.agent = isShared(connector) ? poolNumber(connector) : 0;
        wire.origin = origin;
        wire.pool = pool(origin, wire.agent, due?.pool);
        wires.add(wire);
        const r = firstWaiting(origin);
        if (r === undefined) return;
        wire.request = r;
        wire.wanted = r.hold === undefined;
        r.dial = wire;
        if (r.method === 'CONNECT' || r.absolute) leadsToProxy(wire);
        if (r.inner !== undefined && r.inner.dial === undefined) r.inner.dial = wire;
      },
    };
    // The connector dials in this very call. One that does not must not hand its mark to a stranger.
    dialling.by = by;
    afterJobs(() => {
      if (dialling.by === by) dialling.by = undefined;
      if (connecting === due) connecting = undefined;
    });
  },
);

/**
 * The connections of a pool have one connector, which is a plain function of undici's. Since undici 7 each wraps it in an arrow
 * function of its own: which pool it belongs to is not known then.
 */
const isShared = (connector: object): boolean => Object.hasOwn(connector, 'prototype');

function firstWaiting(origin: string): UndiciRecord | undefined {
  if (newest && newest.dial === undefined && waiting.has(newest) && newest.originKey() === origin) return newest;
  for (const r of waiting) if (r.dial === undefined && r.originKey() === origin) return r;
  return onlyForwarded();
}

/** A request for a proxy has the origin's name, the dial has the proxy's: distinguished only while there is just one. */
function onlyForwarded(): UndiciRecord | undefined {
  let one: UndiciRecord | undefined;
  for (const r of waiting) {
    if (!r.absolute || r.dial !== undefined) continue;
    if (one !== undefined) return undefined;
    one = r;
  }
  return one;
}

/** The request whose connection is being made in this very call: a CONNECT made inside is for it. */
let connecting: UndiciRecord | undefined;

/** A CONNECT, or a request with a whole URL: who sends it through the proxy is on the stack. */
function throughProxy(r: UndiciRecord): void {
  // The bundler of the copy in Node numbers its classes.
  r.byEnvironment = calledByClass(/^EnvHttpProxyAgent\d*$/);
  if (r.method === 'CONNECT') r.inner = connecting;
}

function pool(origin: string, number: number, of: unknown): object {
  let free = 0;
  let busy = 0;
  for (const w of wires) {
    if (w.closedAt !== 0) wires.delete(w);
    else if (w.origin === origin && w.agent === number && w.readyAt !== 0) w.running > 0 ? busy++ : free++;
  }
  let pending = 0;
  for (const r of waiting) if (r.originKey() === origin) pending++;
  return { free, busy, pending, limit: limitOf(of) || undefined };
}

/** Both waited while the connection was made, and nothing else was on it in between. */
export function isOnlyHolder(holder: RequestRecord, r: RequestRecord): boolean {
  if (holder.createdAt > r.createdAt) return false;
  return holder.ordinal === 1 || (holder.idleFrom !== 0 && holder.idleFrom <= r.createdAt);
}

export function isOnlyWire(wire: Wire | undefined): boolean {
  for (const w of wires) if (w !== wire && w.closedAt === 0 && w.agent === wire?.agent) return false;
  return wire !== undefined;
}
