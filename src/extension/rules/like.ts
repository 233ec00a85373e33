/** The condition of a trace rule for requests like one: its method, host and path, where ids and masked parts are open. */
import { pathTemplate } from '../../analysis/base/places';
import { type FieldName, printQuery, type Query } from '../../model/query';
import type { Row } from '../../model/rows/row';

const term = (key: FieldName, parts: readonly string[]): Query => ({ is: 'term', key, any: [{ is: 'text', parts }] });

/** Parts between wildcards: `/users/` and `/orders` of `/users/42/orders`. */
const openParts = (path: string): string[] =>
  pathTemplate(path)
    .replaceAll('{id}', '***')
    .split(/\*{3,}/);

export function conditionLike({ method, host, path }: Pick<Row, 'method' | 'host' | 'path'>): string {
  return printQuery({ is: 'and', of: [term('method', [method]), term('host', [host]), term('path', openParts(path))] });
}
