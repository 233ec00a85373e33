/** Requests and connections that failed because a name was not found or its lookup failed. By host, error and line. */

import { plural } from '../../../model/base/text';
import { deepest, hasFailed, timerKindOf } from '../../../model/facts/outcome';
import type { CallSite } from '../../../model/records';
import { type Draft, draft, number, words } from '../../base/draft';
import { type Facts, push } from '../../base/facts';
import { findsNoName } from '../../base/noNames';
import { isOwnLookupError } from '../../base/ownLookup';
import { hostOf, originOf, placeText, siteKey } from '../../base/places';

interface Failed {
  subject: string;
  host: string;
  code: string;
  site: CallSite | undefined;
  isRequest: boolean;
  /** In a function of the program's own: no name server failed. */
  own: boolean;
}

const missing = new Set(['ENOTFOUND', 'ENODATA']);

export function failedLookupRule(facts: Facts): Draft[] {
  const groups = new Map<string, Failed[]>();
  for (const f of [...requests(facts), ...others(facts)])
    push(groups, `${f.own} ${f.code} ${f.host} ${siteKey(f.site)}`, f);
  return [...groups.values()].map((list) => {
    const { host, code, site, isRequest, subject, own } = list[0] as Failed;
    const at = placeText(site);
    const many = plural(list.length, isRequest ? 'request' : 'lookup');
    const notFound = missing.has(code) && !own;
    const why = own
      ? 'the program’s own lookup function failed'
      : notFound
        ? 'no such host'
        : 'the name server gave no address';
    return draft({
      rule: 'failed-lookups',
      severity: 'error',
      title: notFound ? `Host not found: ${host}` : `Lookup of ${host} failed: ${code}`,
      text: `${many} ${isRequest ? 'to' : 'of'} ${host} failed: ${why} (${code})${at === undefined ? '' : `, called at ${at}`}.`,
      fault: own ? 'yourCode' : !notFound ? 'dns' : findsNoName(facts.store) ? 'unclear' : 'yourCode',
      certainty: notFound ? 'likely' : 'sure',
      subjects: list.map((f) => f.subject),
      evidence: [
        number(isRequest ? 'failed requests' : 'failed lookups', list.length),
        words('error', code, subject, 'error.code'),
        ...(at === undefined ? [] : [words('called at', at, subject, 'callSite')]),
      ],
      advice: own
        ? 'Look at the function given as `lookup`: no name server was at fault.'
        : notFound
          ? 'Check the spelling of the host name, and that this machine’s name server knows it.'
          : 'Check this machine’s name server (/etc/resolv.conf) and the route to it.',
    });
  });
}

function* requests(facts: Facts): Iterable<Failed> {
  for (const r of facts.requests) {
    if (r.error?.phase !== 'dns' || !hasFailed(r) || timerKindOf(r) !== undefined) continue;
    const bottom = deepest(r.error);
    const own = isOwnLookupError(facts.lookupOf(r), bottom);
    const code =
      bottom?.code ?? r.error.code ?? (own ? (bottom?.message ?? bottom?.name ?? 'no reason given') : undefined);
    const host = bottom?.hostname ?? hostOf(originOf(r.url));
    if (code !== undefined) yield { subject: r.id, host, code, site: r.callSite, isRequest: true, own };
  }
}

/** Of sockets without a request, such as a database's. */
function* others({ store }: Facts): Iterable<Failed> {
  const { lookups } = store;
  for (const d of store.dials.values()) {
    if (d.mocked) continue;
    const { code } = d.error ?? {};
    if (d.request !== undefined || d.error?.phase !== 'dns' || code === undefined) continue;
    const own = isOwnLookupError(d.lookup === undefined ? undefined : lookups.get(d.lookup), d.error);
    yield { subject: d.id, host: d.host ?? '', code, site: d.callSite, isRequest: false, own };
  }
}
