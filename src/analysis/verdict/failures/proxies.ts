/** Proxies: a tunnel that they refused or could not make, and responses that may be theirs. */

import type { Verdict } from '../../../model/facts/verdict';
import { number, time } from '../../base/draft';
import type { Case } from '../case/context';
import { type Condition, code, target } from './failure';

/** What the proxy answered: of the CONNECT itself, or of the one below a request that wanted the tunnel. */
function proxyStatus({ r, c, store }: Case): number | undefined {
  if (r.method === 'CONNECT') return r.response?.status;
  const below = c.dial?.request === undefined ? undefined : store.requests.get(c.dial.request);
  return below?.method === 'CONNECT' ? below.response?.status : r.response?.status;
}

export const proxy: Condition = (k) => {
  const { r, c, phase } = k;
  const status = proxyStatus(k);
  const isProxy =
    phase === 'proxy' || c.dial?.purpose === 'proxy' || (r.method === 'CONNECT' && r.response?.status !== undefined);
  if (!isProxy || (phase !== 'proxy' && phase !== 'tcp' && phase !== 'dns' && r.method !== 'CONNECT')) return;
  const said = status === undefined ? (k.code ?? 'no response') : String(status);
  return {
    rule: 'proxyFailed',
    fault: 'proxy',
    certainty: 'sure',
    text: `The proxy ${target(k)} ${status === undefined ? 'gave no tunnel' : 'refused the tunnel'}: ${said}.`,
    evidence: [...code(k), ...(status === undefined ? [] : [number('status', status, r.id)])],
    advice: adviceFor(status),
  };
};

const adviceFor = (status: number | undefined): string =>
  status === 407
    ? 'Give the user and password of the proxy.'
    : 'Check the address of the proxy, and that it may connect to the host.';

/** The CONNECT itself, or a request whose agent passed the proxy's response to the program as if it were the origin's. */
export function refusedTunnel(k: Case): Verdict | undefined {
  const { r } = k;
  const status = r.response?.status;
  // Over HTTP/2 a CONNECT may ask for a WebSocket, of the server itself.
  const isConnect = r.method === 'CONNECT' && r.protocol !== 'h2' && r.outcome === 'complete';
  if (status === undefined || status < 300 || (!isConnect && r.proxy?.refusedTunnel !== true)) return;
  return {
    level: status >= 500 ? 'error' : 'warning',
    rule: 'proxyFailed',
    fault: 'proxy',
    certainty: 'sure',
    text: `The proxy ${target(k)} refused the tunnel: ${status}.${isConnect ? '' : ' The program got the proxy’s response; the request was not sent.'}`,
    evidence: [number('status', status, r.id), time('total', k.total, r.id)],
    advice: adviceFor(status),
  };
}

/** Sent by proxies for themselves, and for servers that they do not reach. */
const gateway = new Set([502, 503, 504]);

/** Whose an error status is: a proxy that gets the whole request may have answered for the server. */
export function sideOfStatus(k: Case, status: number): Verdict['fault'] {
  if (k.r.proxy?.mode === 'forward') {
    if (status === 407) return 'proxy';
    if (gateway.has(status)) return 'unclear';
  }
  // A limit of the server's: who honours Retry-After has done what is due.
  return status === 429 ? 'unclear' : status >= 500 ? 'server' : undefined;
}
