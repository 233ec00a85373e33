/** Pools of connections, of whichever client, numbered as they are first seen. */
import { link, linked } from '../runtime/links';

let pools = 0;
/** Number of an agent (or of an undici connector) in this isolate. */
export function poolNumber(pool: object): number {
  const known = linked<number>(pool);
  if (known !== undefined) return known;
  link(pool, ++pools);
  return pools;
}
