/**
 * Options that the program set on a socket. Node keeps them on the socket itself, so that they are read where a
 * connection begins and ends, and no call of the hot path is patched. Only `setNoDelay` is: that it was switched off
 * looks there as if nobody had touched it.
 */

import { wireOf } from '../records/wireOf';
import { apply } from '../runtime/builtins';
import { guarded, parts } from '../runtime/guard';
import type { AnySocket, ConnectOptions } from '../runtime/nodeTypes';
import { wrap } from '../runtime/wrap';

const part = parts.net;

const descriptions = {
  noDelay: 'kSetNoDelay',
  keepAlive: 'kSetKeepAlive',
  delay: 'kSetKeepAliveInitialDelay',
} as const;
type Name = keyof typeof descriptions;
let keys: Map<string, symbol> | undefined;

export interface SocketOptions {
  noDelay?: boolean;
  keepAlive?: boolean;
  /** µs. */
  keepAliveDelay?: number;
  timeout?: number;
}

export function installOptions(prototype: object): void {
  wrap(
    prototype,
    'setNoDelay',
    (original) =>
      function setNoDelay(this: AnySocket, ...args: unknown[]) {
        onNoDelay(this, args);
        return apply(original, this, args);
      },
  );
}

const onNoDelay = guarded(part, 'net.noDelay', (socket: AnySocket, args: unknown[]) => {
  const wire = wireOf(socket);
  if (wire !== undefined) wire.noDelayOff = args.length > 0 && !args[0];
});

/** What the call that connects asks for. */
export function socketOptions(o: ConnectOptions): object | undefined {
  const set: Record<string, unknown> = {};
  if (o.noDelay) set.noDelay = true;
  if (o.keepAlive) set.keepAlive = true;
  if (o.keepAlive && o.keepAliveInitialDelay) set.keepAliveDelay = o.keepAliveInitialDelay * 1000;
  return Object.keys(set).length > 0 ? set : undefined;
}

/** Options set on the socket now; undefined: none was set. */
export function optionsOf(socket: AnySocket, noDelayOff: boolean): SocketOptions | undefined {
  const set = socket as unknown as Record<symbol, unknown>;
  keys ??= new Map(Object.getOwnPropertySymbols(socket).map((key) => [key.description ?? '', key]));
  const of = (name: Name): unknown => {
    const key = keys?.get(descriptions[name]);
    return key === undefined ? undefined : set[key];
  };
  const options: SocketOptions = {};
  if (noDelayOff) options.noDelay = false;
  if (of('noDelay') === true) options.noDelay = true;
  if (of('keepAlive') === true) {
    options.keepAlive = true;
    const delay = of('delay');
    if (typeof delay === 'number' && delay > 0) options.keepAliveDelay = delay * 1_000_000;
  }
  const { timeout } = socket;
  if (typeof timeout === 'number' && timeout > 0) options.timeout = Math.round(timeout * 1000);
  return Object.keys(options).length > 0 ? options : undefined;
}
