/** Requests sent unencrypted over the network, and secrets in URLs. */
import type { Request } from '../../../model/records';
import { type Draft, draft, number, words } from '../../base/draft';
import { type Facts, push } from '../../base/facts';
import { hostOf, isLoopback, isPrivate, placeText } from '../../base/places';

/** A parameter whose value the hook has masked, or user info in the URL. */
const maskedParameter = /[?&]([^=&?#]+)=\*\*\*/;
const maskedUser = /^[a-z+.-]+:\/\/[^/?#]*\*\*\*@/i;

/** Bytes of it left: counted, or (HTTP/2, still open) on a connection that was made. */
function hasLeft(r: Request, facts: Facts): boolean {
  if (r.sendBeginAt === undefined) return false;
  const c = facts.connectionOf(r);
  const sent = r.bytesSent ?? c?.bytesSent;
  if (sent !== undefined) return sent > 0;
  // A file of another format does not say what was below.
  return c?.connect?.result === 'connected' || c?.earlierTrace === true || r.by?.['*'] === 'import';
}

/** A name of this machine's own. What a proxy on it sends on is not known to stay. */
function staysHere(r: Request, facts: Facts): boolean {
  const address = facts.connectionOf(r)?.remote?.address;
  return address !== undefined && isLoopback(address) && r.proxy === undefined;
}

/** By its addresses where they are known, else by its name. */
function isNear(host: string, requests: readonly Request[], facts: Facts): boolean {
  const addresses = requests.map((r) => (r.proxy === undefined ? facts.connectionOf(r)?.remote?.address : undefined));
  return isPrivate(host) || addresses.every((a) => a !== undefined && isPrivate(a));
}

export function plainHttpRule(facts: Facts): Draft[] {
  const found: Draft[] = [];
  for (const [origin, requests] of facts.byOrigin) {
    const host = hostOf(origin);
    if (!origin.startsWith('http:') || isLoopback(host)) continue;
    const sent = requests.filter((r) => hasLeft(r, facts) && !staysHere(r, facts));
    const first = sent[0];
    if (!first) continue;
    const secret = sent.find((r) => r.headers?.some((h) => /^(authorization|cookie)$/i.test(h.name)));
    found.push(
      draft({
        rule: 'plain-http',
        severity: isNear(host, sent, facts) ? 'info' : secret ? 'error' : 'warning',
        title: `Sent in the clear to ${host}`,
        text: `${sent.length} ${sent.length === 1 ? 'request' : 'requests'} to ${origin} went unencrypted${secret ? ', with credentials' : ''}: anyone on the network path can read ${sent.length === 1 ? 'it' : 'them'}.`,
        fault: 'yourCode',
        certainty: 'sure',
        subjects: sent.map((r) => r.id),
        evidence: [number('requests', sent.length), words('scheme', 'http', first.id, 'url')],
        advice: 'Use https: from the first request on; a redirect comes too late.',
      }),
    );
  }
  return found;
}

export function secretInUrlRule(facts: Facts): Draft[] {
  const groups = new Map<string, Request[]>();
  for (const r of facts.requests) {
    const url = r.url;
    // A request that was never sent is in no server's log.
    const wasSent = r.sendBeginAt !== undefined || r.responseBeginAt !== undefined || r.by?.['*'] === 'import';
    if (url === undefined || !url.includes('***') || !wasSent) continue;
    const name = maskedParameter.exec(url)?.[1] ?? (maskedUser.test(url) ? 'user info' : undefined);
    // Presigned URLs are meant to be so.
    if (name !== undefined && !/^(x-amz-|sig$|signature$)/i.test(name)) push(groups, `${hostOf(url)} ${name}`, r);
  }
  return [...groups].map(([key, list]) => {
    const [host = '', ...name] = key.split(' ');
    const at = placeText(list[0]?.callSite);
    return draft({
      rule: 'secret-in-url',
      severity: isLoopback(host) ? 'info' : 'warning',
      title: `Secret in the URL: ${name.join(' ')}`,
      text: `${list.length} ${list.length === 1 ? 'request carries' : 'requests carry'} "${name.join(' ')}" in the URL to ${host}${at === undefined ? '' : ` (${at})`}: logs of servers and proxies keep it.`,
      fault: 'yourCode',
      certainty: 'likely',
      subjects: list.map((r) => r.id),
      evidence: [number('requests', list.length), words('parameter', name.join(' '), list[0]?.id, 'url')],
      advice: 'Send it in a header (Authorization).',
    });
  });
}
