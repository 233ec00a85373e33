/** A `connect` begins: what it was asked for, by whom, in a new Wire. */

import { expectSpeech } from '../dns/overTcp';
import { push } from '../output/queue';
import { dialling } from '../records/currentDial';
import { Lookup } from '../records/dns/lookup';
import { matching } from '../records/recording';
import { Tunnel } from '../records/tls/tunnel';
import { Wire } from '../records/wire';
import { nodeMajor } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { link } from '../runtime/links';
import type { AnySocket, ConnectOptions } from '../runtime/nodeTypes';
import { captureSite } from '../sites/callSite';
import { socketOptions } from './options';
import { askKeys } from './tlsKeys';

const part = parts.net;

let net: typeof import('node:net');

export function prepareDials(loaded: typeof net): void {
  net = loaded;
}

export const beginDial = guarded(part, 'net.connect', (socket: AnySocket, args: unknown[]): Wire => {
  const wire = new Wire(now());
  const o = connectOptions(args);
  wire.secure = socket.encrypted === true;
  wire.via = wire.secure ? 'tls' : 'net';
  wire.path = o.path ? String(o.path) : '';
  wire.host = wire.path ? '' : String(o.host ?? 'localhost');
  wire.port = wire.path ? 0 : Number(o.port) || 0;
  wire.family = o.family === 4 || o.family === 6 ? o.family : 0;
  wire.localAddress = o.localAddress ? String(o.localAddress) : '';
  wire.options = socketOptions(o);
  if (!wire.path && net.isIP(wire.host) === 0 && wire.localAddress === '') wire.attemptLimit = attemptLimit(o);
  if (wire.secure) {
    wire.tunnel = new Tunnel(o);
    if (parts.keys.on) askKeys(socket);
  }
  if (typeof o.lookup === 'function' && !wire.path && net.isIP(wire.host) === 0) {
    wire.lookup = new Lookup('custom', wire.host, undefined, wire.beginAt, -1);
    wire.lookup.answeredBy = 'custom';
  }
  if (dialling.by === undefined) {
    wire.raw = matching.everything;
    if (wire.raw) wire.stack = captureSite();
    if (!wire.path) expectSpeech(wire);
  } else {
    dialling.by.fill(wire, o);
    // A pool that dials for nobody who waits now (undici, after an abort): reported, without a call site.
    wire.raw = !wire.wanted && wire.request === undefined && matching.everything;
  }
  link(socket, wire);
  if (wire.wanted || wire.raw) push(wire);
  return wire;
});

/** Arguments of `socket.connect`: normalized ones from net.connect, or the program's own in any of their forms. */
function connectOptions(args: unknown[]): ConnectOptions {
  const first = Array.isArray(args[0]) ? (args[0] as unknown[])[0] : args[0];
  if (typeof first === 'object' && first !== null) return first as ConnectOptions;
  if (typeof first === 'string' && Number.isNaN(Number(first))) return { path: first };
  const host = typeof args[1] === 'string' ? args[1] : undefined;
  return host === undefined ? { port: Number(first) } : { port: Number(first), host };
}

/** µs that each address gets before the next is tried beside it; 0: no Happy Eyeballs. */
function attemptLimit(o: ConnectOptions): number {
  if (nodeMajor < 20) return 0;
  const on = o.autoSelectFamily ?? net.getDefaultAutoSelectFamily();
  if (!on || o.family === 4 || o.family === 6) return 0;
  return (o.autoSelectFamilyAttemptTimeout ?? net.getDefaultAutoSelectFamilyAttemptTimeout()) * 1000;
}
