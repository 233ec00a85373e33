/** The values of a key among the rows, for completion. */

import type { Row } from '../../rows/row';
import { pending } from '../compile';
import type { FieldName } from '../keys';
import { rowFields } from '../rowFields';

/** The newest so many: what is completed is what one sees. */
const max = 20_000;

export function* seenIn(rows: readonly Row[], key: FieldName): Generator<string> {
  const read = rowFields[key];
  if (!read) return;
  for (let i = Math.max(0, rows.length - max); i < rows.length; i++) {
    const value = read(rows[i] as Row);
    if (value === undefined || value === pending) continue;
    if (typeof value === 'object') for (const one of value) yield one;
    else yield String(value);
  }
}
