/** One request of a trace, by its id or by the end of it that is one request's alone. */
import { printable } from '../../model/base/printable';
import type { Row } from '../../model/rows/row';
import { UsageError } from '../base/usageError';

/** `option`: how it was asked for; `list`: what lists the ids. Throws UsageError. */
export function rowById(rows: readonly Row[], id: string, option: string, list: string): Row {
  const exact = rows.find((r) => r.id === id);
  if (exact) return exact;
  const found = rows.filter((r) => r.id.endsWith(`-${id}`));
  if (found.length === 1) return found[0] as Row;
  const ids = found
    .slice(0, 5)
    .map((r) => printable(r.id))
    .join(', ');
  throw new UsageError(
    found.length > 1
      ? `${option} ${id}: may be ${ids}. Give more of it.`
      : `${option} ${id}: there is no such request. ${list} lists the ids.`,
  );
}
