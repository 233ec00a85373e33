/** `show --json`: what the tables say, for programs. docs/show.schema.json describes it; fields are added, never renamed. */
import { findingsOf } from '../../analysis/document';
import { Usual } from '../../analysis/verdict/case/usual';
import { requestObject } from '../../answers/requests/requestObject';
import type { Row } from '../../model/rows/row';
import type { Store } from '../../model/store/store';

/** The pieces of the document, a request each: a large trace is longer than the longest string. */
export function* jsonPieces(
  store: Store,
  rows: readonly Row[],
  { now, body, query, matched }: { now: number; body: boolean; query: string | undefined; matched: number },
): Generator<string> {
  const { id, description, beginTime, endAt, state } = store.header;
  const head = {
    format: 'nettrace-show',
    version: '1.0',
    trace: { id, description, beginTime, duration: endAt, state },
    counts: store.counts,
    query,
    matched,
    losses: store.losses,
    findings: findingsOf(store, now),
  };
  yield `${JSON.stringify(head).slice(0, -1)},"requests":[`;
  const usual = new Usual(store);
  let first = true;
  for (const row of rows) {
    const request = store.requests.get(row.id);
    if (!request) continue;
    yield `${first ? '' : ','}\n${JSON.stringify(requestObject(row, request, store, { now, body, usual }))}`;
    first = false;
  }
  yield '\n]}\n';
}
