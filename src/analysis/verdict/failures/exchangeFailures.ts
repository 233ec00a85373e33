/** Failures of a request that was sent, or waited to be: closed connections, timers, responses that are not HTTP. */

import { bytesText, ordinalText, timeText } from '../../../model/base/text';
import { isClosedHere } from '../../../model/facts/closing';
import { grpcText } from '../../../model/facts/grpc';
import { doingOf } from '../../../model/facts/phaseWords';
import { isRefusedResponse } from '../../../model/facts/refusedResponse';
import type { Evidence } from '../../../model/records';
import { number, time, words } from '../../base/draft';
import { isHeadTooLong, isInvalidResponse } from '../../base/invalidResponse';
import { busyLoop } from '../../base/limits';
import { busyAdvice, busyEvidence, busyFault, busyText } from '../case/busy';
import { staleAdvice } from '../case/clients';
import { afterText, type Case, durationOf, totalEvidence } from '../case/context';
import { staleOf } from '../case/stale';
import { timerOf, timerText } from '../case/timers';
import { type Condition, code, type Said } from './failure';

export const stoppedInDebugger: Condition = (k) => {
  if (k.paused === 0 || (timerOf(k) === undefined && k.code !== 'ECONNRESET' && k.code !== 'UND_ERR_SOCKET')) return;
  return {
    rule: 'pausedInDebugger',
    fault: 'unclear',
    certainty: 'likely',
    text: `Ended while the program was paused in the debugger (${timeText(k.paused)}).`,
    evidence: [time('paused', k.paused), ...code(k)],
    advice: 'Run it again without pausing; timers and servers do not wait for the debugger.',
  };
};

/** The call was answered: the server's own word for what went wrong. */
export const grpc: Condition = (k) => {
  const status = k.r.response?.grpcStatus ?? 0;
  if (status === 0 || k.r.outcome === 'failed') return;
  return {
    rule: 'grpcStatus',
    fault: 'server',
    certainty: 'sure',
    text: `The gRPC call ended with status ${grpcText(status)}${afterText(k)}.`,
    evidence: [number('grpc-status', status, k.r.id), ...totalEvidence(k, 'total', 'endAt')],
  };
};

export const stale: Condition = (k) => {
  const s = staleOf(k.r, k.store);
  if (!s) return;
  const idle = s.idle === undefined ? 'its idle time is not known' : `idle ${timeText(s.idle)}`;
  const limit = s.hint === undefined ? '' : `, its limit ${timeText(s.hint)}`;
  const evidence: Evidence[] = [
    number('request on its connection', k.r.ordinal ?? 0, k.r.id),
    ...(s.idle === undefined ? [] : [time('idle before', s.idle, k.r.id, 'idleDuration')]),
    ...(s.hint === undefined ? [] : [time('server keeps alive', s.hint, k.r.connection, 'keepAliveHint.timeout')]),
    ...code(k),
  ];
  if (s.unclear)
    return {
      rule: 'staleKeepAlive',
      fault: 'unclear',
      certainty: 'unclear',
      text: `Not clear: the ${ordinalText(k.r.ordinal ?? 0)} request on this connection was cut off, ${idle} before.`,
      evidence,
      toFindOut: 'check the server’s log, or record packets (--capture).',
    };
  return {
    rule: 'staleKeepAlive',
    fault: 'node',
    certainty: s.sure ? 'sure' : 'likely',
    text: s.sure
      ? `The server had closed this idle connection (${idle}${limit}) when the ${ordinalText(k.r.ordinal ?? 0)} request on it was sent.`
      : `Probably the server had dropped this connection: ${idle}${limit}, closed when the request was sent.`,
    evidence,
    advice: staleAdvice(k.r),
  };
};

export const timer: Condition = (k) => {
  const t = timerOf(k);
  if (!t) return;
  const late = k.busy !== undefined && t.limit !== undefined && k.busy >= t.limit * busyLoop.share;
  const evidence = [
    ...(t.limit === undefined ? [] : [time(t.name, t.limit, k.r.id, 'timeout.limit')]),
    ...(late && k.busy !== undefined ? busyEvidence(k.r, k.busy) : []),
    ...code(k),
    ...totalEvidence(k, 'until then'),
  ];
  return {
    rule: 'timeout',
    fault: late ? busyFault(k.whyBusy) : t.fault,
    certainty: late ? 'likely' : 'sure',
    text: late
      ? `${t.name} of ${timeText(t.limit ?? 0)} ran out; ${busyText(k.whyBusy, k.r, timeText(k.busy ?? 0))} meanwhile, and the response may have arrived.`
      : timerText(k, t),
    evidence,
    advice: late ? busyAdvice[k.whyBusy] : t.advice,
  };
};

/** `Invalid status code`, of `Response does not match the HTTP/1.1 protocol (Invalid status code)`. */
function parserSays(message = 'HTTPParserError'): string {
  const begin = message.lastIndexOf('(');
  return begin >= 0 && message.endsWith(')') ? message.slice(begin + 1, -1) : message;
}

/** Of a final response whose head did not come whole. Through TLS the counter has the records around it, too: not known. */
const headBytes = ({ r, c }: Case): number =>
  c.tls !== undefined || r.protocol === 'h2' || r.response?.informational !== undefined ? 0 : (r.bytesReceived ?? 0);

export const broken: Condition = (k) => {
  const { r } = k;
  const reset = k.code === 'ECONNRESET' || k.code === 'EPIPE';
  const byPeer = k.c.connection?.closedBy === 'peer' || k.c.connection?.closedBy === 'peerReset';
  const closed = reset || k.code === 'UND_ERR_SOCKET' || (k.code === undefined && byPeer);
  if (isHeadTooLong(k.error))
    return {
      rule: 'headTooLong',
      fault: 'unclear',
      certainty: 'sure',
      text: `The head of the response is longer than the client accepts: ${k.code}.`,
      evidence: code(k),
      advice: 'Raise it with the option `maxHeaderSize` or with `--max-http-header-size`, or let the server send less.',
    };
  if (isInvalidResponse(k.error) || isInvalidResponse(r.error))
    return {
      rule: 'badResponse',
      fault: 'server',
      certainty: 'sure',
      text: `The response is not valid HTTP: ${k.code ?? parserSays(k.error?.message)}.`,
      evidence: code(k),
      advice: 'Check that the port speaks plain HTTP/1.1; else report it to the operator of the server.',
    };
  const own = closed && isClosedHere(k.c.connection);
  if (own && r.protocol !== 'h2')
    return {
      rule: 'closedByProgram',
      fault: 'yourCode',
      certainty: 'likely',
      text: `The program itself closed the connection after ${timeText(k.total)}, ${doingOf(k.phase ?? 'wait')}.`,
      evidence: [words('closed by', k.c.connection?.closedBy ?? '', k.c.connection?.id, 'closedBy'), ...code(k)],
      advice: 'Look for `destroy()` of its Agent, dispatcher or socket, and let requests end before it.',
    };
  if (r.responseBeginAt !== undefined && k.phase === 'download' && closed) {
    const due = r.response?.declaredBytes;
    const came = r.response?.wireBytes ?? r.response?.bodyBytes ?? r.chunks?.bytes;
    const bytes =
      came === undefined
        ? ''
        : due === undefined
          ? ` after ${bytesText(came)}`
          : ` at ${bytesText(came)} of ${bytesText(due)}`;
    const inBody = durationOf(k, 'download');
    const peerReset = k.c.connection?.closedBy === 'peerReset' || (reset && k.c.connection?.closedBy !== 'peer');
    return {
      rule: peerReset ? 'resetInBody' : 'bodyCut',
      fault: 'server',
      certainty: 'likely',
      text: `The body was ${peerReset ? 'reset' : 'cut off'}${bytes}, ${timeText(inBody)} into it.`,
      evidence: [
        time('time in the body', inBody, r.id),
        ...(came === undefined ? [] : [number('bytes received', came, r.id)]),
        ...code(k),
      ],
      advice: 'Check the server’s log; the same time or size every time points to a limit of a proxy.',
    };
  }
  if (r.responseBeginAt === undefined && closed && (k.phase === 'wait' || k.phase === 'send')) {
    const came = headBytes(k);
    return {
      rule: 'closedUnanswered',
      fault: 'server',
      certainty: 'likely',
      text:
        came === 0
          ? `The server closed the connection without a response after ${timeText(k.total)}.`
          : `The server closed the connection after ${timeText(k.total)}, in the middle of the response’s head (${bytesText(came)} received).`,
      evidence: [
        time('until then', k.total, r.id),
        ...(came === 0 ? [] : [number('bytes received', came, r.id)]),
        ...code(k),
      ],
      advice: 'Check the server’s log for that time.',
    };
  }
  return;
};

export const h2: Condition = (k) => {
  if (k.code !== 'ERR_HTTP2_STREAM_ERROR' && k.code !== 'ERR_HTTP2_GOAWAY_SESSION') return;
  if (k.code === 'ERR_HTTP2_GOAWAY_SESSION')
    return {
      rule: 'h2Ended',
      fault: 'unclear',
      certainty: 'sure',
      text: 'The server had ended the session (GOAWAY) before this request: Node opened no stream for it. Nothing was sent.',
      evidence: code(k),
      advice: 'Connect again when a session emits `goaway` or `close`; this request is safe to repeat.',
    };
  const message = k.error?.message ?? k.code;
  const safe = /REFUSED_STREAM/.test(message);
  return {
    rule: 'h2Reset',
    fault: 'server',
    certainty: 'likely',
    text: `The stream${k.r.streamId === undefined ? '' : ` ${k.r.streamId}`} was reset: ${message}${safe ? ' (not processed, safe to repeat)' : ''}.`,
    evidence: code(k),
  };
};

type Refusal = Pick<Said, 'fault' | 'certainty' | 'text' | 'advice'>;

function refusalOf(refused: string, message: string | undefined, hasBody: boolean): Refusal {
  switch (message) {
    case 'integrity mismatch':
      return {
        fault: 'unclear',
        certainty: 'sure',
        text: 'The response arrived whole, and is not what the `integrity` of the call says.',
        advice: 'Compare the digest in the call with that of the file the server has now.',
      };
    case 'unexpected redirect':
      return {
        fault: 'yourCode',
        certainty: 'sure',
        text: `${refused}: the call has redirect: 'error'.`,
        advice: 'Request the URL that the server redirects to, or allow redirects.',
      };
    case 'redirect count exceeded':
      return {
        fault: 'unclear',
        certainty: 'sure',
        text: 'fetch gave up: this was one redirect more than the 20 that it follows.',
        advice: 'Compare the URLs of the chain: a loop often waits for a cookie or a header that is not sent again.',
      };
  }
  if (message === undefined && hasBody)
    return {
      fault: 'yourCode',
      certainty: 'likely',
      text: `${refused}: probably because the body is a stream, which cannot be sent again.`,
      advice: 'Send text or a buffer, or request the URL that the server redirects to.',
    };
  return {
    fault: 'unclear',
    certainty: 'sure',
    text: `${refused}: ${message ?? 'no reason given'}.`,
    advice: 'Look at the Location header of the response.',
  };
}

/** The response was whole, and fetch did not take it: what it says of that is all there is. */
export const refusedResponse: Condition = ({ r, error }) => {
  if (!isRefusedResponse(r)) return;
  const { status = 0 } = r.response ?? {};
  const message = error?.message?.replace(/\.$/, '');
  return {
    rule: 'refusedResponse',
    ...refusalOf(`fetch refused the redirect (status ${status})`, message, r.body !== undefined),
    evidence: [number('status', status, r.id), ...(message === undefined ? [] : [words('error', message, r.id)])],
  };
};
