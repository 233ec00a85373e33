/** A host that speaks HTTP/2, by the evidence of this very trace, and many connections of HTTP/1.1 to it. */
import type { Connection, Request, TlsTunnel } from '../../../model/records';
import { type Draft, draft, number, words } from '../../base/draft';
import type { Facts } from '../../base/facts';
import { h2NotUsed } from '../../base/limits';
import { hostOf, isLoopback } from '../../base/places';
import { h2Advice } from '../../verdict/case/clients';

export function h2NotUsedRule(facts: Facts): Draft[] {
  const { store } = facts;
  const speaks = new Map<string, TlsTunnel>();
  const tunnelOf = new Map<string, TlsTunnel>();
  for (const t of store.tlsTunnels.values()) {
    if (t.connection !== undefined && t.purpose !== 'proxy') tunnelOf.set(t.connection, t);
    if (t.alpn === 'h2' && t.serverName !== undefined && t.purpose !== 'proxy') speaks.set(t.serverName, t);
  }
  const found: Draft[] = [];
  for (const [origin, requests] of facts.byOrigin) {
    const host = hostOf(origin);
    if (!origin.startsWith('https:') || isLoopback(host)) continue;
    const h1 = requests.filter((r) => r.connection !== undefined && offersOnlyH1(tunnelOf.get(r.connection)));
    if (h1.length === 0) continue;
    const announcing = requests.find((r) => /\bh2=/.test(header(r, 'alt-svc')));
    const proof = speaks.get(host);
    if (!proof && !announcing) continue;
    const together = maxTogether(h1, facts);
    if (together < h2NotUsed.connections && h1.length < h2NotUsed.requests) continue;
    found.push(
      draft({
        rule: 'h2-not-used',
        severity: 'info',
        title: `${host} speaks HTTP/2, which is not used`,
        text: `${h1.length} requests to ${host} went by HTTP/1.1 over up to ${together} connections at once; HTTP/2 was not offered, and the server speaks it.`,
        fault: 'yourCode',
        certainty: proof ? 'sure' : 'likely',
        subjects: h1.map((r) => r.id),
        evidence: [
          number('requests by HTTP/1.1', h1.length),
          number('connections at once', together),
          ...(proof ? [words('agreed elsewhere', 'h2', proof.id, 'alpn')] : []),
          ...(announcing && !proof
            ? [words('alt-svc', header(announcing, 'alt-svc'), announcing.id, 'response.headers')]
            : []),
        ],
        advice: h2Advice(h1[0] as Request),
      }),
    );
  }
  return found;
}

const offersOnlyH1 = (t: TlsTunnel | undefined): boolean =>
  t !== undefined && t.alpn !== 'h2' && t.error === undefined && t.alpnOffered?.includes('h2') !== true;

const header = (r: Request, name: string): string =>
  r.response?.headers?.find((h) => h.name.toLowerCase() === name)?.value ?? '';

/** Most connections that were open at one time. */
function maxTogether(list: readonly Request[], facts: Facts): number {
  const connections = new Map<string, Connection>();
  for (const r of list) {
    const c = facts.connectionOf(r);
    if (c) connections.set(c.id, c);
  }
  const steps: [at: number, by: number][] = [];
  for (const c of connections.values()) {
    if (c.connect?.endAt === undefined) continue;
    steps.push([c.connect.endAt, 1], [c.closedAt ?? Number.POSITIVE_INFINITY, -1]);
  }
  steps.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let open = 0;
  let max = 0;
  for (const [, by] of steps) {
    open += by;
    max = Math.max(max, open);
  }
  return max;
}
