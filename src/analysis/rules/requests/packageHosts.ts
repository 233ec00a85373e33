/** Hosts that a package talks to by itself, with no line of the program on the stack; one a package and host. */
import { plural } from '../../../model/base/text';
import type { Request } from '../../../model/records';
import { type Draft, draft, number, words } from '../../base/draft';
import { type Facts, push } from '../../base/facts';
import { originPackageOf } from '../../base/originPackage';
import { hostOf, isLoopback, originOf } from '../../base/places';

export function packageHostRule(facts: Facts): Draft[] {
  const groups = new Map<string, Request[]>();
  for (const r of facts.requests) {
    const name = originPackageOf(r);
    const host = hostOf(originOf(r.url));
    // What was never sent talked to nobody.
    if (name !== undefined && r.sendBeginAt !== undefined && !isLoopback(host)) push(groups, `${name} ${host}`, r);
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
