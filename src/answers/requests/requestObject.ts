/** One request as `show --json` and the assistants' tools give it. docs/show.schema.json describes it: fields are added, never renamed. */
import type { Usual } from '../../analysis/verdict/case/usual';
import { verdictOf } from '../../analysis/verdict/verdict';
import { timeOfInstant } from '../../formats';
import { contextOf } from '../../model/phases/context';
import { phasesOf } from '../../model/phases/phases';
import type { Request } from '../../model/records';
import type { Row } from '../../model/rows/row';
import type { Store } from '../../model/store/store';

export interface ObjectOptions {
  now: number;
  body: boolean;
  usual: Usual;
}

/** Absent: not known. Times in µs, sizes in bytes. */
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
    phases: phases.map(({ name, beginAt, duration, paused, running, failed, endUnknown }) => ({
      name,
      beginAt,
      duration,
      paused,
      running: running || undefined,
      failed: failed || undefined,
      endUnknown: endUnknown || undefined,
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
