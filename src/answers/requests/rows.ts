import { compareRows, type Row, rowOf } from '../../model/rows/row';
import { maskUrl } from '../../model/secrets/mask';
import type { Store } from '../../model/store/store';

/** The rows of a trace in the order of time, as of the instant `now` (µs since it began). */
export function rowsOf(store: Store, now: number): Row[] {
  const rows = [...store.requests.values()].map((r) => rowOf(r, store, now)).sort(compareRows);
  // The hook masks; what is shown is masked again, as files may come from elsewhere.
  return rows.map((r) => ({ ...r, url: maskUrl(r.url) }));
}
