/** Why a request failed: the first condition that holds. Texts and sides as sure as their figures. */

import { bytesText, ordinalText, timeText } from '../../model/base/text';
import { grpcText } from '../../model/facts/grpc';
import { doingOf } from '../../model/facts/phaseWords';
import type { Verdict } from '../../model/facts/verdict';
import type { ErrorInfo, Evidence } from '../../model/records';
import { number, time, words } from '../base/draft';
import { attemptBudgetLate, busyLoop } from '../base/limits';
import { findsNoName } from '../base/noNames';
import { certificateText } from '../base/tls';
import { busyAdvice, busyEvidence, busyFault, busySentence, busyText } from './busy';
import { staleAdvice } from './clients';
import { afterText, type Case, durationOf, totalEvidence } from './context';
import { staleOf } from './stale';
import { timerOf, timerText } from './timers';

type Said = Omit<Verdict, 'level'>;
type Condition = (k: Case) => Said | undefined;

const code = (k: Case): Evidence[] => (k.code === undefined ? [] : [words('error', k.code, k.r.id, 'error.code')]);
const target = (k: Case): string => {
  const { error, c } = k;
  const { address, port } =
    error?.address !== undefined ? error : (c.winner?.remote ?? c.attempts.at(-1)?.remote ?? {});
  if (address === undefined)
    return c.dial?.path ?? (c.dial?.host === undefined ? k.host : `${c.dial.host}:${c.dial.port}`);
  return `${address.includes(':') ? `[${address}]` : address}${port === undefined ? '' : `:${port}`}`;
};

const stoppedInDebugger: Condition = (k) => {
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
const grpc: Condition = (k) => {
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

const proxy: Condition = (k) => {
  const { r, c, phase } = k;
  const status = r.response?.status;
  const isProxy = phase === 'proxy' || c.dial?.purpose === 'proxy' || (r.method === 'CONNECT' && status !== undefined);
  if (!isProxy || (phase !== 'proxy' && phase !== 'tcp' && phase !== 'dns' && r.method !== 'CONNECT')) return;
  const said = status === undefined ? (k.code ?? 'no response') : String(status);
  return {
    rule: 'proxyFailed',
    fault: 'proxy',
    certainty: 'sure',
    text: `The proxy ${target(k)} ${status === undefined ? 'gave no tunnel' : 'refused the tunnel'}: ${said}.`,
    evidence: [...code(k), ...(status === undefined ? [] : [number('status', status, r.id)])],
    advice:
      status === 407
        ? 'Give the user and password of the proxy.'
        : 'Check the address of the proxy, and that it may connect to the host.',
  };
};

const dns: Condition = (k) => {
  if (k.phase !== 'dns') return;
  const took = durationOf(k, 'dns');
  const host = k.error?.hostname ?? k.c.lookup?.hostname ?? k.host;
  const asked = k.c.lookup?.servers?.length ? `; asked ${k.c.lookup.servers.join(', ')}` : '';
  const evidence = [...code(k), time('lookup', took, k.c.lookup?.id ?? k.r.id)];
  if (k.code === 'ENOTFOUND' || k.code === 'ENODATA')
    return {
      rule: 'dnsNotFound',
      fault: findsNoName(k.store) ? 'unclear' : 'yourCode',
      certainty: 'likely',
      text: `No such host: ${host} (${timeText(took)}${asked}).`,
      evidence,
      advice: 'Check the spelling of the host name, and that this machine’s name server knows it.',
    };
  if (k.code === undefined || timerOf(k)) return;
  return {
    rule: 'dnsFailed',
    fault: 'dns',
    certainty: 'sure',
    text: `The lookup of ${host} failed after ${timeText(took)}: ${k.code}${asked}.`,
    evidence,
    advice: 'Check this machine’s name server (/etc/resolv.conf) and the route to it.',
  };
};

const attempts: Condition = (k) => {
  const { attempts: all, dial } = k.c;
  const cut = all.filter((a) => a.connect?.result === 'timedOut');
  const budget = dial?.attemptLimit;
  if (k.phase !== 'tcp' || cut.length === 0 || all.length < 2) return;
  const evidence = all
    .slice(0, 4)
    .flatMap((a) =>
      a.connect?.beginAt !== undefined && a.connect.endAt !== undefined
        ? [
            time(
              `${a.remote?.address ?? 'attempt'}: ${a.connect.result}`,
              a.connect.endAt - a.connect.beginAt,
              a.id,
              'connect',
            ),
          ]
        : [],
    );
  if (evidence.length === 0) return;
  const longest = Math.max(...evidence.map((e) => Number(e.value)));
  const late = budget !== undefined && longest > budget + attemptBudgetLate;
  if (late && (k.busy ?? 0) >= longest * busyLoop.share)
    return {
      rule: 'attemptCutByBusyLoop',
      fault: busyFault(k.whyBusy),
      certainty: 'likely',
      text: `${busySentence(k.whyBusy, k.r, timeText(k.busy ?? 0))}, so Node gave up a connection that probably worked.`,
      evidence: [...busyEvidence(k.r, k.busy ?? 0), ...evidence],
      advice: busyAdvice[k.whyBusy],
    };
  const last = all.at(-1)?.connect?.error?.code ?? k.code ?? 'no response';
  return {
    rule: 'attemptBudget',
    fault: 'node',
    certainty: 'likely',
    text: `Node gave each address ${budget === undefined ? 'a short time' : timeText(budget)}; ${cut.length} of ${all.length} were given up, the last failed (${last}).`,
    evidence,
    advice: 'net.setDefaultAutoSelectFamilyAttemptTimeout(1000) gives each address more time.',
  };
};

const connect: Condition = (k) => {
  if (k.phase !== 'tcp' || k.code === undefined) return;
  const took = durationOf(k, 'tcp');
  const evidence = [...code(k), time('TCP connect', took, k.c.dial?.id)];
  if (k.code === 'ECONNREFUSED')
    return {
      rule: 'refused',
      fault: 'server',
      certainty: 'sure',
      text: `Nothing listens on ${target(k)}${k.loopback ? ' on this machine' : ''} (refused after ${timeText(took)}).`,
      evidence,
      advice: 'Start the server, or correct host and port.',
    };
  if (k.code === 'ENOENT' || k.code === 'EACCES')
    return {
      rule: 'noSocket',
      fault: 'yourCode',
      certainty: 'sure',
      text: `The socket ${k.c.dial?.path ?? target(k)} ${k.code === 'ENOENT' ? 'does not exist' : 'cannot be opened: no permission'}.`,
      evidence,
      advice: 'Check the path, its permissions, and that the server runs.',
    };
  if (['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL'].includes(k.code)) {
    const v6 = k.c.attempts.length > 0 && k.c.attempts.every((a) => a.remote?.address.includes(':'));
    return {
      rule: 'unreachable',
      fault: 'network',
      certainty: 'sure',
      text: v6 ? `This machine has no IPv6 route: ${target(k)} (${k.code}).` : `No route to ${target(k)}: ${k.code}.`,
      evidence,
      advice: v6 ? 'Use `family: 4`, or set up an IPv6 route.' : 'Check the route, the VPN and the local address.',
    };
  }
  if (k.code === 'ETIMEDOUT')
    return {
      rule: 'connectTimeout',
      fault: 'network',
      certainty: 'sure',
      text: `No answer from ${target(k)} for ${timeText(took)}.`,
      evidence,
      advice: 'Check that the address is right, and that no firewall drops the packets.',
    };
  return;
};

const tls: Condition = (k) => {
  if (k.phase !== 'tls') return;
  const said = certificateText(k.code, k.c.tls, k.store, k.host);
  if (said) return { ...said, evidence: [...code(k), ...said.evidence] };
  if (k.code !== 'ECONNRESET' && k.code !== 'UND_ERR_SOCKET') return;
  return {
    rule: 'tlsClosed',
    fault: 'server',
    certainty: 'sure',
    text: `The server closed during the TLS handshake, after ${timeText(durationOf(k, 'tls'))}.`,
    evidence: [...code(k), time('TLS handshake', durationOf(k, 'tls'), k.c.tls?.id)],
    advice: 'Check that this port speaks TLS, and which versions and server names it accepts.',
  };
};

const stale: Condition = (k) => {
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

const timer: Condition = (k) => {
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

/** Some versions of undici give the parser's error no code. */
const isParserError = ({ error, r }: Case): boolean =>
  error?.name === 'HTTPParserError' || r.error?.name === 'HTTPParserError';

/** `Invalid status code`, of `Response does not match the HTTP/1.1 protocol (Invalid status code)`. */
function parserSays(message = 'HTTPParserError'): string {
  const begin = message.lastIndexOf('(');
  return begin >= 0 && message.endsWith(')') ? message.slice(begin + 1, -1) : message;
}

const broken: Condition = (k) => {
  const { r } = k;
  const reset = k.code === 'ECONNRESET' || k.code === 'EPIPE';
  const byPeer = k.c.connection?.closedBy === 'peer' || k.c.connection?.closedBy === 'peerReset';
  const closed = reset || k.code === 'UND_ERR_SOCKET' || (k.code === undefined && byPeer);
  if (k.code?.startsWith('HPE_') || k.code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' || isParserError(k))
    return {
      rule: 'badResponse',
      fault: 'server',
      certainty: 'sure',
      text: `The response is not valid HTTP: ${k.code ?? parserSays(k.error?.message)}.`,
      evidence: code(k),
      advice: 'Check that the port speaks plain HTTP/1.1; else report it to the operator of the server.',
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
  if (r.responseBeginAt === undefined && closed && (k.phase === 'wait' || k.phase === 'send'))
    return {
      rule: 'closedUnanswered',
      fault: 'server',
      certainty: 'likely',
      text: `The server closed the connection without a response after ${timeText(k.total)}.`,
      evidence: [time('until then', k.total, r.id), ...code(k)],
      advice: 'Check the server’s log for that time.',
    };
  return;
};

const h2: Condition = (k) => {
  if (k.code !== 'ERR_HTTP2_STREAM_ERROR' && k.code !== 'ERR_HTTP2_GOAWAY_SESSION') return;
  const message = k.error?.message ?? k.code;
  const safe = /REFUSED_STREAM/.test(message) || k.code === 'ERR_HTTP2_GOAWAY_SESSION';
  return {
    rule: 'h2Reset',
    fault: 'server',
    certainty: 'likely',
    text: `The stream${k.r.streamId === undefined ? '' : ` ${k.r.streamId}`} was reset: ${message}${safe ? ' (not processed, safe to repeat)' : ''}.`,
    evidence: code(k),
  };
};

const conditions: readonly Condition[] = [
  grpc,
  stoppedInDebugger,
  proxy,
  dns,
  attempts,
  timer,
  connect,
  tls,
  h2,
  stale,
  broken,
];

/** A name that any error may have says nothing; a message may be a whole sentence, and is a part of one here. */
const reasonOf = (e: ErrorInfo | undefined): string | undefined =>
  (e?.name === undefined || /^(Type|Range)?Error$/.test(e.name)) && e?.message ? e.message.replace(/\.$/, '') : e?.name;

export function failedVerdict(k: Case): Verdict {
  for (const condition of conditions) {
    const said = condition(k);
    if (said) return { level: 'failed', ...said };
  }
  // It was given to no pool, and nobody dialled for it.
  const unsent = k.phase === 'queue' && k.r.assignedAt === undefined && k.r.dial === undefined;
  const where = unsent ? ', before it was sent' : k.phase === undefined ? '' : `, ${doingOf(k.phase)}`;
  const after = afterText(k);
  return {
    level: 'failed',
    rule: 'unknown',
    fault: 'unclear',
    certainty: 'unclear',
    text: `Failed: ${k.code ?? reasonOf(k.error) ?? 'no reason given'}${where}${after && `,${after}`}.`,
    evidence: [...totalEvidence(k, 'until failure'), ...code(k)],
  };
}
