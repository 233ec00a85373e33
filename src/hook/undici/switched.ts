/** Protocol switches, and responses to a CONNECT: no copy of undici publishes them. */

import { beginResponse, finish } from '../request/steps';
import { upgraded } from '../request/upgrade';
import { apply } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { linked } from '../runtime/links';
import type { AnySocket } from '../runtime/nodeTypes';
import { wrap } from '../runtime/wrap';
import type { UndiciRecord, UndiciRequest, UndiciResponse } from './record';

const part = parts.undici;
const recordOf = linked<UndiciRecord>;

/** `onRequestUpgrade` since undici 8. */
export function watchUpgrades(prototype: object): void {
  for (const name of ['onUpgrade', 'onRequestUpgrade']) {
    if (Object.hasOwn(prototype, name))
      wrap(
        prototype,
        name,
        (original) =>
          function (this: UndiciRequest, ...args: unknown[]) {
            onSwitch(this, { statusCode: Number(args[0]), headers: args[1] }, args[2]);
            return apply(original, this, args);
          },
      );
  }
}

const onSwitch = guarded(part, 'undici.switch', (request: UndiciRequest, response: UndiciResponse, socket: unknown) => {
  const r = recordOf(request);
  // HTTP/2 gives the stream when it is made, not when it is answered.
  if (r === undefined || r.endAt !== 0 || !(response.statusCode >= 100)) return;
  const t = now();
  if (r.sendEndAt === 0) r.sendEndAt = r.sendBeginAt;
  beginResponse(r, t);
  r.response = response;
  const isTunnel = r.method === 'CONNECT';
  finish(r, isTunnel ? 'tunnel' : 'upgraded', t);
  if (!isTunnel) upgraded(r, socket as AnySocket);
});
