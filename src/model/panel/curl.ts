/** A request as a command of curl, to be sent again. Everything in it is as masked as the record is. */

import { posixWord, withoutControls } from '../base/quoting';
import type { Row } from '../rows/row';
import type { Details } from './protocol';

type Sent = Pick<Row, 'method' | 'url'>;
type WithHeaders = { request: Pick<Details['request'], 'headers'> };

/** Request headers worth sending again: those that curl and fetch do not set by themselves, with a known value. */
export function headersOf(details: WithHeaders | undefined): { name: string; value: string }[] {
  const skipped = new Set(['host', 'connection', 'content-length', 'accept-encoding', 'transfer-encoding']);
  // A name that HTTP does not allow is an option of the tool: curl reads `@name` as a file.
  return (details?.request.headers ?? []).flatMap(({ name, value }) =>
    value !== undefined && !skipped.has(name.toLowerCase()) && /^[\w!#$%&'*+.^`|~-]+$/.test(name)
      ? [{ name, value: withoutControls(value) }]
      : [],
  );
}

/** A URL that every tool reads as one of HTTP: no option, no local file, no share of another computer. */
export function urlOf(row: Sent): string {
  const url = withoutControls(row.url);
  return /^(https?|wss?):\/\//i.test(url) ? url : `http://${url}`;
}

/** The words of a curl command: method, URL, headers. */
export function curlWords(
  row: Sent,
  details: WithHeaders | undefined,
  url: string,
  quote: (t: string) => string,
): string[] {
  const method = withoutControls(row.method);
  const headers = headersOf(details).map(({ name, value }) => (value.trim() === '' ? `${name};` : `${name}: ${value}`));
  return [
    ...(/[[\]{}]/.test(url) ? ['--globoff'] : []),
    ...(method === 'GET' || method === '' ? [] : [`-X ${quote(method)}`]),
    quote(url),
    ...headers.map((h) => `-H ${quote(h)}`),
  ];
}

export const asCurl = (row: Sent, details?: WithHeaders): string =>
  `curl ${curlWords(row, details, urlOf(row), posixWord).join(' \\\n  ')}`;
