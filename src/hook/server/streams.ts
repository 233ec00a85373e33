/**
 * Streams that a server of `http2` answers, with the setting `incoming`. Node has channels for them from 22 on; before,
 * sessions of servers are met where they take their socket, and report a stream by their own event.
 */

import { served } from '../http2/install';
import { nodeMajor } from '../runtime/builtins';
import { guarded, parts } from '../runtime/guard';
import { linked } from '../runtime/links';
import { subscribe } from '../runtime/patches';
import { watchEmit } from '../runtime/wrap';

const part = parts.incoming;

export interface Stream {
  sentHeaders?: Record<string, unknown>;
  aborted?: boolean;
  destroyed?: boolean;
}

type Begin = (m: { stream: Stream; headers: unknown }) => void;
type End = (m: { stream: Stream }) => void;

const watched = new Set<object>();

/** The session that a socket holds, if it is a server's. */
function serverSession(socket: object): object | undefined {
  for (const key of Reflect.ownKeys(socket)) {
    const v = Object.getOwnPropertyDescriptor(socket, key)?.value as { goaway?: unknown; request?: unknown } | null;
    if (typeof v === 'object' && typeof v?.goaway === 'function' && typeof v.request !== 'function') return v;
  }
  return undefined;
}

let begin: Begin = () => {};
let end: End = () => {};

export function installStreams(onBegin: Begin, onEnd: End): void {
  if (nodeMajor >= 22) {
    subscribe('http2.server.stream.created', onBegin);
    subscribe('http2.server.stream.close', onEnd);
    return;
  }
  begin = onBegin;
  end = onEnd;
  served.by = onSocket;
}

const onSocket = guarded(part, 'incoming.served', (socket: object) => {
  const session = serverSession(socket);
  const prototype = session === undefined ? undefined : (Object.getPrototypeOf(session) as object);
  if (prototype === undefined || watched.has(prototype)) return;
  watched.add(prototype);
  watchEmit(prototype, () => true, onSessionEvent as never);
});

const onSessionEvent = guarded(part, 'incoming.streamBegin', (_: object, a: ArrayLike<unknown>) => {
  const stream = a[1];
  if (a[0] !== 'stream' || !(stream instanceof Object)) return;
  const prototype = Object.getPrototypeOf(stream) as object;
  if (!watched.has(prototype)) {
    watched.add(prototype);
    watchEmit(prototype, onStreamEvent as (emitter: never) => boolean | undefined, () => {});
  }
  begin({ stream, headers: a[2] });
});

/** At each emission of a stream: whether it is over. */
const onStreamEvent = guarded(part, 'incoming.streamEnd', (stream: Stream): boolean => {
  if (stream.destroyed === true && linked(stream) !== undefined) end({ stream });
  return false;
});
