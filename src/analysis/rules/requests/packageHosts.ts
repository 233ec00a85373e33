/** Hosts that a package talks to by itself, with no line of the program on the stack; one a package and host. */
import { packageOf } from '../../../model/base/package';
import { plural } from '../../../model/base/text';
import type { Request } from '../../../model/records';
import { type Draft, draft, number, words } from '../../base/draft';
import { type Facts, push } from '../../base/facts';
import { hostOf, isLoopback, originOf } from '../../base/places';

/** They carry what others ask for: the origin of a request is elsewhere. */
const clients = new Set(
  'undici axios got node-fetch needle superagent request ky ofetch cross-fetch make-fetch-happen hyperquest ws phin bent wretch follow-redirects minipass-fetch agent-base http-proxy-agent https-proxy-agent socks-proxy-agent proxy-agent global-agent'.split(
    ' ',
  ),
);

export function packageHostRule(facts: Facts): Draft[] {
  const groups = new Map<string, Request[]>();
  for (const r of facts.requests) {
    const name = originPackageOf(r);
    const host = hostOf(originOf(r.url));
    if (name !== undefined && !isLoopback(host)) push(groups, `${name} ${host}`, r);
  }
  return [...groups].map(([key, list]) => {
    const [name, host] = key.split(' ');
    const first = list[0] as Request;
    return draft({
      rule: 'new-hosts-by-package',
      severity: 'info',
      title: `Package ${name} talks to ${host}`,
      text: `${plural(list.length, 'request')} to ${host} came from package ${name} by itself: no line of the program was on the stack.`,
      fault: 'yourCode',
      certainty: 'likely',
      subjects: list.map((r) => r.id),
      evidence: [
        words('package', name ?? '', first.id, 'callSite'),
        words('host', host ?? ''),
        number('requests', list.length),
      ],
    });
  });
}

/** The package whose frame is the nearest, clients left out; absent where the program's own code is on the stack. */
function originPackageOf(r: Request): string | undefined {
  const site = r.callSite;
  if (!site || site.kind === 'user') return undefined;
  const names = (r.stack ?? [site]).map((f) => packageOf(f.file));
  if (names.includes(undefined)) return undefined;
  return names.find((n) => n !== undefined && !clients.has(n) && !n.startsWith('@types/'));
}
