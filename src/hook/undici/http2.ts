/**
 * undici over HTTP/2. A copy before undici 7 publishes nothing when it sends on a session, and none publishes the stream: the
 * request is known from the start of its sending, its stream from the `session.request` that follows in the same call.
 */

import { undiciSessions } from '../http2/install';
import type { Stream } from '../http2/record';
import type { Wire } from '../records/wire';
import { apply } from '../runtime/builtins';
import { guarded, parts } from '../runtime/guard';
import { linked } from '../runtime/links';
import { wrap } from '../runtime/wrap';
import { watchSending } from './copies';
import { carriedBy } from './install';
import type { UndiciRecord } from './record';

const part = parts.undici;
let sending: UndiciRecord | undefined;

export function installUndiciHttp2(): void {
  undiciSessions.seen = onUndiciSession;
  undiciSessions.stream = onUndiciStream;
}

/** The first session: only now are copies watched further. `onRequestStart` since undici 8. */
function onUndiciSession(): void {
  watchSending((prototype) => {
    for (const name of ['onConnect', 'onRequestStart']) {
      if (Object.hasOwn(prototype, name))
        wrap(
          prototype,
          name,
          (original) =>
            function (this: object, ...args: unknown[]) {
              onStart(this);
              return apply(original, this, args);
            },
        );
    }
  });
}

const onStart = guarded(part, 'undici.start', (request: object): void => {
  sending = linked<UndiciRecord>(request);
});

const onUndiciStream = guarded(
  part,
  'undici.stream',
  (stream: Stream, headers: unknown, wire: Wire | undefined): void => {
    const r = sending;
    sending = undefined;
    if (r === undefined || r.endAt !== 0) return;
    r.streamId = stream.id ?? 0;
    if (r.wire !== wire || wire === undefined) carriedBy(r, wire, headers, undefined);
  },
);
