/**
 * What became of a request, with one meaning for counts, states, queries, findings and messages:
 *
 * - failed: the program wanted the response and did not get it, or not the whole of it, or could not decode its body, or a
 *   gRPC call ended with an error: DNS, TCP or TLS failed, the connection was reset or closed, a timer ran out (also that of
 *   `AbortSignal.timeout`, which the program sees as an error).
 * - aborted: the program gave it up by itself.
 * - server error: it was answered with 5xx, and the answer came.
 */
import type { ErrorInfo, Request } from '../records';

/** The first cause at the bottom of the chain: what really happened. */
export function deepest(error: ErrorInfo | undefined): ErrorInfo | undefined {
  let e = error;
  for (let depth = 0; depth < 8 && e?.causes?.[0]; depth++) e = e.causes[0];
  return e;
}

const timerOfCode: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'connect',
  UND_ERR_HEADERS_TIMEOUT: 'headers',
  UND_ERR_BODY_TIMEOUT: 'body',
};

/** Which timer ended it: `headers`, `signal` …; undefined: none is known to have. */
export function timerKindOf(r: Request): string | undefined {
  if (r.timeout) return r.timeout.kind;
  const { error, abort } = r;
  const kind = timerOfCode[deepest(error)?.code ?? ''] ?? timerOfCode[error?.code ?? ''];
  if (kind !== undefined) return kind;
  const names = [error?.name, abort?.reason, ...(error?.causes ?? []).map((c) => c.name)];
  return names.some((n) => n?.startsWith('TimeoutError')) ? 'signal' : undefined;
}

/** All was well on the wire, or was until the program gave up what it could not decode. */
export function isUndecodable(r: Request | undefined): boolean {
  const code = r?.response?.decodeError?.code;
  return code !== undefined && (r?.outcome !== 'failed' || deepest(r.error)?.code === code);
}

export const hasFailed = (r: Request | undefined): boolean =>
  r?.outcome === 'failed' ||
  (r?.response?.grpcStatus ?? 0) > 0 ||
  isUndecodable(r) ||
  (r?.outcome === 'aborted' && timerKindOf(r) !== undefined);

export const isAborted = (r: Request | undefined): boolean => r?.outcome === 'aborted' && !hasFailed(r);

/** Cut off by the end of the program, or of tracing. */
export const isInterrupted = (r: Request | undefined): boolean =>
  r?.outcome === 'processExit' || r?.outcome === 'interrupted';

/** Answered with a status from 500 on, and not cut off. A mock’s answer is no server’s. */
export const isServerError = (r: Request | undefined): boolean =>
  (r?.response?.status ?? 0) >= 500 && !r?.mocked && !hasFailed(r);

/** Answered with 4xx, and not cut off. */
export function isClientError(r: Request | undefined): boolean {
  const status = r?.response?.status ?? 0;
  return status >= 400 && status < 500 && !r?.mocked && !hasFailed(r);
}
