/** A proxy is set in the environment, but requests went directly to their host. By client and host. */
import type { Process, Request } from '../../../model/records';
import { type Draft, draft, number, words } from '../../base/draft';
import { type Facts, push } from '../../base/facts';
import { hostOf, isLoopback, isPrivate, originOf } from '../../base/places';
import { isUndici } from '../../verdict/case/clients';

type Environment = NonNullable<Process['proxyEnvironment']>;

/** Versions of Node whose own clients read the environment when `NODE_USE_ENV_PROXY=1` asks them to. */
const readsEnvironment = (version: string | undefined): boolean => Number(version?.split('.')[0] ?? 0) >= 22;

export function proxyIgnoredRule(facts: Facts): Draft[] {
  const groups = new Map<string, { r: Request; variable: string; process: Process }[]>();
  for (const p of facts.store.processes.values()) {
    const environment = p.proxyEnvironment;
    if (!environment) continue;
    const threads = new Set(p.threads.map((t) => t.id));
    for (const r of facts.requests) {
      if (!threads.has(r.thread)) continue;
      const variable = ignored(r, environment, facts);
      if (variable) push(groups, `${p.id} ${r.api} ${originOf(r.url)}`, { r, variable, process: p });
    }
  }
  return [...groups.values()].map((list) => {
    const { r, variable, process } = list[0] as (typeof list)[number];
    const host = hostOf(originOf(r.url));
    const failed = list.find((x) => x.r.outcome === 'failed' && /^(dns|tcp)$/.test(x.r.error?.phase ?? ''));
    const client = r.client?.name ?? r.api ?? 'the client';
    const n = `${list.length} ${list.length === 1 ? 'request' : 'requests'}`;
    return draft({
      rule: 'proxy-ignored',
      severity: isPrivate(host) ? 'info' : failed ? 'error' : 'warning',
      title: `${variable} is set but not used`,
      text: `${variable} is set, but ${n} of ${client} went straight to ${host}${failed ? ', and failed on the way' : ''}.`,
      fault: 'yourCode',
      certainty: 'likely',
      subjects: list.map((x) => x.r.id),
      evidence: [
        number('requests', list.length),
        words(variable, proxyOf(process.proxyEnvironment ?? {}, variable) ?? '', process.id, 'proxyEnvironment'),
        ...(failed ? [words('failed with', failed.r.error?.code ?? 'an error', failed.r.id, 'error')] : []),
      ],
      advice: readsEnvironment(process.runtime?.version)
        ? `Set NODE_USE_ENV_PROXY=1 before the start, or use ${proxyClient(r)}.`
        : `Use ${proxyClient(r)}.`,
    });
  });
}

const proxyClient = (r: Request): string =>
  isUndici(r) ? 'EnvHttpProxyAgent of undici as dispatcher' : 'an agent for the proxy';

/** The variable that names a proxy for this request, which took none. */
function ignored(r: Request, environment: Environment, facts: Facts): string | undefined {
  const host = hostOf(originOf(r.url));
  if (r.proxy !== undefined || r.method === 'CONNECT' || r.url === undefined || isLoopback(host)) return undefined;
  const dial = r.dial === undefined ? undefined : facts.store.dials.get(r.dial);
  const direct = dial ?? facts.dialOf(facts.connectionOf(r));
  // Only where the dial was seen: it led to the host itself.
  if (!direct || direct.purpose === 'proxy' || direct.path !== undefined) return undefined;
  if (direct.host !== undefined && direct.host.toLowerCase() !== host) return undefined;
  const own = r.url.startsWith('https:') || r.url.startsWith('wss:') ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const variable = [own, 'ALL_PROXY'].find((v) => proxyOf(environment, v) !== undefined);
  return variable === undefined || isExcluded(r.url, environment.no) ? undefined : variable;
}

const proxyOf = (e: Environment, variable: string): string | undefined =>
  variable === 'HTTPS_PROXY' ? e.https : variable === 'HTTP_PROXY' ? e.http : e.all;

/** By NO_PROXY: `*`, `host`, `.domain`, `*.domain`, each with a port if wanted. */
function isExcluded(url: string, list: string | undefined): boolean {
  if (!list) return false;
  const origin = originOf(url);
  const host = hostOf(origin);
  const port = /:(\d+)$/.exec(origin)?.[1] ?? (/^(https|wss):/.test(origin) ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true;
      const m = /^(.*?)(?::(\d+))?$/.exec(entry.replace(/^\*?\./, ''));
      const name = m?.[1] ?? entry;
      return (m?.[2] === undefined || m[2] === port) && (host === name || host.endsWith(`.${name}`));
    });
}
