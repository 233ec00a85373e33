/** `show --json`: what the tables say, for programs. docs/show.schema.json describes it; fields are added, never renamed. */
import { findingsOf } from '../../analysis/document';
import { Usual } from '../../analysis/verdict/usual';
import { verdictOf } from '../../analysis/verdict/verdict';
import { timeOfInstant } from '../../formats';
import { contextOf } from '../../model/phases/context';
import { phasesOf } from '../../model/phases/phases';
import type { Request } from '../../model/records';
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

export interface ObjectOptions {
  now: number;
  body: boolean;
  usual: Usual;
}

/** One request, also as the MCP server gives it. Absent: not known. Times in µs, sizes in bytes. */
export function requestObject(row: Row, request: Request, store: Store, { now, body, usual }: ObjectOptions) {
  const { phases } = phasesOf(request, store, now);
  const c = contextOf(request, store, now);
  const { level, rule, text, advice, certainty } = verdictOf(request, store, now, usual);
  return {
    id: row.id,
    startTime: row.createdAt === undefined ? undefined : timeOfInstant(store.header.beginTime, row.createdAt),
    startAt: row.createdAt,
    duration: row.total,
    state: row.state,
    stateText: row.stateText,
    method: row.method,
    url: row.url,
    status: row.status,
    process: row.process,
    pid: row.pid || undefined,
    callSite: row.callSite,
    phases: phases.map(({ name, beginAt, duration, paused, running, failed }) => ({
      name,
      beginAt,
      duration,
      paused,
      running: running || undefined,
      failed: failed || undefined,
    })),
    connection: row.connection,
    verdict: { level, rule, text, advice, certainty },
    record: body ? request : withoutBodies(request),
    lookup: c.lookup,
    attempts: c.attempts.length > 0 ? c.attempts : undefined,
    tls: c.tls,
    certificates: c.tls?.peerCertificates?.flatMap((fingerprint) => store.certificates.get(fingerprint) ?? []),
  };
}

function withoutBodies(request: Request): Request {
  const { body, response } = request;
  if (body?.content === undefined && response?.content === undefined) return request;
  const out = { ...request };
  if (body) {
    const { content: _, ...rest } = body;
    out.body = rest;
  }
  if (response) {
    const { content: _, ...rest } = response;
    out.response = rest;
  }
  return out;
}
