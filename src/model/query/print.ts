import type { Query } from './tree';

/** The text of a query: parsed again, it is that query. */
export function printQuery(_query: Query): string {
  return '';
}
