/** Columns of headers that the user chose: a side and a name in lower case, with the values as they were recorded. */

import type { Row } from '../types';

export type HeaderColumnId = `request:${string}` | `response:${string}`;

/** Names as RFC 9110 has them (field-name), in lower case. */
const valid = /^(request|response):[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/;
export const isHeaderColumn = (id: string): id is HeaderColumnId => valid.test(id);

/** So many at once are of use. */
export const maxHeaderColumns = 12;

const linesOf = (row: Row, side: string): readonly string[] | undefined =>
  side === 'request' ? row.requestHeaders : row.responseHeaders;

/** Its values, as one; empty: it is there, and its value is not recorded. Absent: it is not there, or none are recorded. */
export function headerValue(row: Row, id: HeaderColumnId): string | undefined {
  const [side = '', name = ''] = id.split(':');
  const values: string[] = [];
  let isThere = false;
  for (const line of linesOf(row, side) ?? []) {
    if (line === name) isThere = true;
    else if (line.startsWith(`${name}=`)) values.push(line.slice(name.length + 1));
  }
  return values.length > 0 ? values.join(', ') : isThere ? '' : undefined;
}

/** Those of these rows, the most frequent first. */
export function headersIn(rows: readonly Row[], max: number): HeaderColumnId[] {
  const counts = new Map<HeaderColumnId, number>();
  for (const row of rows)
    for (const side of ['response', 'request'] as const)
      for (const line of linesOf(row, side) ?? []) {
        const end = line.indexOf('=');
        const id = `${side}:${end < 0 ? line : line.slice(0, end)}` as const;
        if (isHeaderColumn(id)) counts.set(id, (counts.get(id) ?? 0) + 1);
      }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, max)
    .map(([id]) => id);
}

/** `content-type`, and of the request's headers `request: accept`. */
export const headerLabel = (id: HeaderColumnId): string =>
  id.startsWith('response:') ? id.slice('response:'.length) : `request: ${id.slice('request:'.length)}`;
