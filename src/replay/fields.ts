/** TEMPORARY until rowFields of the query language is there. */
import type { Fields } from '../model/query';
import type { Row } from '../model/row';

export const rowFields: Fields<Row> = {
  status: (r) => r.status,
  method: (r) => r.method,
  path: (r) => r.path,
  host: (r) => r.host,
  error: (r) => r.error?.code,
  failed: (r) => r.state === 'failed',
  text: (r) => `${r.method} ${r.url} ${r.stateText}`.toLowerCase(),
};
