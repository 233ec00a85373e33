/** The state of a request in one word and in the words of the panel's Status column. */

import { timeText } from '../base/text';
import { isClosedHere } from '../facts/closing';
import { grpcText } from '../facts/grpc';
import { deepest, hasFailed, isUndecodable, timerKindOf } from '../facts/outcome';
import { phaseWords, shortOf } from '../facts/phaseWords';
import { isRefusedResponse } from '../facts/refusedResponse';
import type { Breakdown } from '../phases/phases';
import type { Connection, PhaseName, Request } from '../records';
import type { Store } from '../store/store';

export type StateName =
  | 'queued'
  | 'running'
  | 'done'
  | 'mocked'
  | 'redirect'
  | 'clientError'
  | 'serverError'
  | 'failed'
  | 'notRead'
  | 'aborted'
  | 'open'
  | 'streaming'
  | 'interrupted';

export interface State {
  state: StateName;
  /** Phase it is in (running) or died in (failed). */
  phase?: PhaseName;
  /** `200`, `waiting…`, `200 receiving…`, `TCP refused`. */
  text: string;
}

/** Short texts for well-known errors; others are shown as their code. */
const errorWords: Record<string, string> = {
  ENOTFOUND: 'not found',
  EAI_AGAIN: 'no answer',
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timed out',
  UND_ERR_CONNECT_TIMEOUT: 'timed out',
  UND_ERR_HEADERS_TIMEOUT: 'timed out',
  UND_ERR_BODY_TIMEOUT: 'timed out',
  ENETUNREACH: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'closed by server',
  CERT_HAS_EXPIRED: 'cert expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'cert self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'cert self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'cert not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'cert not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'cert for other name',
};

/** What an HTTP/2 stream was ended with. */
const resetWords: Record<string, string> = {
  NO_ERROR: 'closed by server',
  CANCEL: 'cancelled',
  REFUSED_STREAM: 'refused',
  INTERNAL_ERROR: 'server error',
  ENHANCE_YOUR_CALM: 'too many',
};

/** A connection that the peer closed in order is no reset, though Node's error for it has the code of one. */
const closedCodes = new Set(['ECONNRESET', 'UND_ERR_SOCKET']);

/** `TCP refused`, `DNS not found`, `body cut off`: phase first, then what. */
function failureText(r: Request, phase: PhaseName | undefined, connection: Connection | undefined): string {
  const { error } = r;
  const grpc = r.response?.grpcStatus;
  if (grpc !== undefined && grpc > 0 && r.outcome !== 'failed') return `gRPC ${grpcText(grpc)}`;
  if (isUndecodable(r)) return `${r.response?.status ?? 'body'} not decoded`;
  if (r.reset) {
    const name = r.reset.name.replace('NGHTTP2_', '');
    return `stream ${resetWords[name] ?? name.toLowerCase().replaceAll('_', ' ')}`;
  }
  if (isRefusedResponse(r)) return `${r.response?.status} refused`;
  if (timerKindOf(r) !== undefined) return phase === undefined ? 'timed out' : `${shortOf(phase)} timed out`;
  const code = error?.code ?? deepest(error)?.code;
  // The call itself was refused, before there was anything to send.
  if (phase === 'queue' && r.dial === undefined && (code === undefined || code.startsWith('ERR_'))) return 'not sent';
  const closed = code === undefined || (closedCodes.has(code) && connection?.closedBy === 'peer');
  const here = (code === undefined || closedCodes.has(code)) && isClosedHere(connection);
  if (here) return phase === undefined ? 'closed by program' : `${shortOf(phase)} closed by program`;
  if (phase === 'download' && (closed || code === 'UND_ERR_SOCKET')) return 'body cut off';
  const what =
    closed && code !== undefined
      ? 'closed by server'
      : (code !== undefined && errorWords[code]) || code || error?.name || 'failed';
  return phase === undefined ? what : `${shortOf(phase)} ${what}`;
}

/** State of a request by its record and its breakdown. */
export function stateOf(r: Request, store: Store, breakdown: Breakdown): State {
  const connection = r.connection === undefined ? undefined : store.connections.get(r.connection);
  const last = breakdown.phases.at(-1);
  const status = r.response?.status;
  const code = status === undefined ? '' : String(status);
  if (hasFailed(r)) {
    const phase = (r.error?.phase as PhaseName | undefined) ?? last?.name;
    const text = failureText(r, phase, connection);
    return { state: 'failed', ...(phase ? { phase } : {}), text: r.mocked ? `mocked, ${text}` : text };
  }
  switch (r.outcome) {
    case undefined:
      if (status !== undefined && r.response?.contentType?.startsWith('text/event-stream')) {
        return { state: 'streaming', phase: 'download', text: `${code} streaming` };
      }
      return last?.name === 'queue' || last === undefined
        ? { state: 'queued', phase: 'queue', text: 'queued' }
        : { state: 'running', phase: last.name, text: `${code} ${phaseWords[last.name].running}`.trim() };
    case 'aborted':
      return {
        state: 'aborted',
        ...(last ? { phase: last.name } : {}),
        text: breakdown.total === undefined ? 'aborted' : `aborted ${timeText(breakdown.total)}`,
      };
    case 'notRead':
      if (r.mocked) break;
      return { state: 'notRead', text: `${code} not read`.trim() };
    case 'upgraded':
    case 'tunnel':
      if (connection?.closedAt !== undefined) return { state: 'done', text: `${code} closed`.trim() };
      return { state: 'open', text: `${code} open`.trim() };
    case 'processExit':
    case 'interrupted':
      return {
        state: 'interrupted',
        ...(last ? { phase: last.name } : {}),
        text: `${code} ${r.missing?.endAt === 'detached' ? 'detached' : 'interrupted'}`.trim(),
      };
  }
  if (r.mocked) return { state: 'mocked', text: `${code} mocked`.trim() };
  if (status === undefined) return { state: 'done', text: 'done' };
  if (status >= 500) return { state: 'serverError', text: code };
  if (status >= 400) return { state: 'clientError', text: code };
  if (status >= 300 && status !== 304) return { state: 'redirect', text: code };
  return { state: 'done', text: code };
}
