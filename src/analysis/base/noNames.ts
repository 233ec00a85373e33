/** Whether this machine finds no name at all: then a name that was not found need not be wrong. */
import type { Store } from '../../model/store/store';
import { isLoopback } from './places';

const known = new WeakMap<Store, { size: number; nothing: boolean }>();

/** Several hosts were looked up, and none has an address. */
export function findsNoName(store: Store): boolean {
  const { size } = store.lookups;
  const last = known.get(store);
  if (last?.size === size) return last.nothing;
  const failed = new Set<string>();
  let found = false;
  for (const { hostname = '', error, endAt } of store.lookups.values()) {
    if (isLoopback(hostname) || endAt === undefined) continue;
    if (error === undefined) found = true;
    else failed.add(hostname);
  }
  const nothing = !found && failed.size > 1;
  known.set(store, { size, nothing });
  return nothing;
}
