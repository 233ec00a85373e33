/** Many similar requests from one line, the same request twice, and requests one after another that could go together. */
import { numberText, plural, timeText } from '../../../model/base/text';
import type { Request } from '../../../model/records';
import { type Draft, draft, number, time, words } from '../../base/draft';
import { densest, type Facts, push, sum } from '../../base/facts';
import { duplicates, nPlusOne, serial } from '../../base/limits';
import { isOfPackage, originOf, placeText, requestText, siteKey, templateOf } from '../../base/places';
import { isKnown, loopOf, parentOf, variesInOne } from './loops';

const lasted = (r: Request): number => (r.endAt as number) - (r.createdAt as number);
/** µs from the begin of the first to the end of the last. */
const spanOf = (list: readonly Request[]): number =>
  list.reduce((end, r) => Math.max(end, r.endAt as number), 0) - ((list[0] as Request).createdAt as number);
/** The sum may be greater than the run was long, as requests run in parallel: both are said. */
const addedUp = (list: readonly Request[]): string =>
  `${timeText(sum(list.map(lasted)))} added up, ${timeText(spanOf(list))} from first to last`;
const whole = (r: Request): boolean =>
  r.outcome === 'complete' && r.createdAt !== undefined && r.endAt !== undefined && (r.response?.status ?? 0) < 400;
/** It only says where to ask: what several of them lead to is not known. */
const isRedirect = ({ response: { status = 0 } = {} }: Request): boolean =>
  status >= 300 && status < 400 && status !== 304;
/** A page after another is no loop over ids. */
const pages = /[?&](page|cursor|offset|after|continuation)/i;

export function manyRequestRule(facts: Facts): Draft[] {
  const bySite = new Map<string, Request[]>();
  // Of a package's line the callers are not known: they may be as many as there are requests.
  for (const r of facts.requests)
    if (whole(r) && r.callSite && !isOfPackage(r.callSite) && r.redirectOf === undefined && r.retryOf === undefined)
      push(bySite, `${siteKey(r.callSite)} ${r.method} ${originOf(r.url)} ${parentOf(r)}`, r);
  const found: Draft[] = [];
  for (const list of bySite.values()) {
    if (list.length < nPlusOne.count) continue;
    const byTemplate = new Map<string, Request[]>();
    for (const r of list) push(byTemplate, templateOf(r.url ?? ''), r);
    for (const [template, like] of byTemplate) found.push(...likeRequests(template, like));
  }
  return found;
}

function likeRequests(template: string, list: readonly Request[]): Draft[] {
  if (list.length < nPlusOne.count || pages.test(template)) return [];
  const urls = new Set(list.map((r) => r.url));
  const first = list[0] as Request;
  const at = placeText(first.callSite) ?? '';
  const instantsOf = (of: readonly Request[]) => of.map((r) => r.createdAt as number);
  if (urls.size === 1) {
    // Polling keeps its distance; what comes at once could have asked once.
    if (
      densest(instantsOf(list), duplicates.window) < nPlusOne.count ||
      (first.method !== 'GET' && first.method !== 'HEAD')
    )
      return [];
    return [
      one(
        'duplicate-requests',
        `${plural(list.length, 'identical request')} from ${at}`,
        `${numberText(list.length)} × ${requestText(first)} from ${at}; ${addedUp(list)}.`,
        list,
        'Cache the response, or share the promise of the first request.',
        // With pauses between them each may be for something else: whether they are near enough is the machine's pace.
        loopOf(list).requests.length < nPlusOne.count ? 'unclear' : 'likely',
      ),
    ];
  }
  if (!template.includes('{id}') && !template.includes('?')) return [];
  const { requests, isSequence } = loopOf(list.filter((r) => !isRedirect(r)));
  if (densest(instantsOf(requests), nPlusOne.window) < nPlusOne.count || !variesInOne(requests)) return [];
  return [
    one(
      'n-plus-one',
      `${plural(requests.length, 'similar request')} from ${at}`,
      `${plural(requests.length, 'similar request')} from ${at}, ${first.method} ${template}; ${addedUp(requests)}.`,
      requests,
      'Request all of them at once, if the server can (a list of ids, a batch).',
      // At once, each may be for another caller: those of a server come so, too.
      isSequence || isKnown(first) ? 'likely' : 'unclear',
    ),
  ];
}

function one(
  rule: string,
  title: string,
  text: string,
  list: readonly Request[],
  advice: string,
  certainty: 'likely' | 'unclear' = 'likely',
): Draft {
  return draft({
    rule,
    severity: list.length >= nPlusOne.warning ? 'warning' : 'info',
    title,
    text,
    fault: certainty === 'unclear' ? 'unclear' : 'yourCode',
    certainty,
    subjects: list.map((r) => r.id),
    evidence: [
      number('requests', list.length),
      time('time added up', sum(list.map(lasted))),
      time('first to last', spanOf(list)),
      words('first', list[0]?.url ?? '', list[0]?.id, 'url'),
    ],
    advice,
  });
}

/** Different lines of one file, each beginning when the one before has ended. */
export function serialRule(facts: Facts): Draft[] {
  const found: Draft[] = [];
  const byThread = new Map<string, Request[]>();
  for (const r of facts.requests) if (r.redirectOf === undefined) push(byThread, r.thread, r);
  for (const requests of byThread.values()) {
    let chain: Request[] = [];
    let lastEnd = Number.NEGATIVE_INFINITY;
    const close = () => {
      found.push(...serialChain(chain));
      chain = [];
    };
    for (const r of requests) {
      const next = r.createdAt !== undefined && r.createdAt >= lastEnd && r.createdAt - lastEnd <= serial.gap;
      if (!next || !safe(r)) close();
      if (safe(r)) chain.push(r);
      lastEnd = r.endAt ?? Number.POSITIVE_INFINITY;
    }
    close();
  }
  return found;
}

const safe = (r: Request): boolean =>
  whole(r) && (r.method === 'GET' || r.method === 'HEAD') && r.callSite !== undefined && !isOfPackage(r.callSite);

function serialChain(chain: readonly Request[]): Draft[] {
  if (chain.length < serial.count) return [];
  const files = new Set(chain.map((r) => r.callSite?.source?.file ?? r.callSite?.file));
  const sites = new Set(chain.map((r) => siteKey(r.callSite)));
  const times = chain.map(lasted);
  const saved = sum(times) - Math.max(...times);
  // From one line it is a loop: the rule above reports it.
  if (files.size > 1 || sites.size < serial.count || saved < serial.min || dependent(chain)) return [];
  const at = placeText(chain[0]?.callSite) ?? '';
  return [
    draft({
      rule: 'serial-awaits',
      severity: 'info',
      title: `${chain.length} requests one after another`,
      text: `${chain.length} requests from ${at} on ran one after another; in parallel they might save up to ${timeText(saved)} of ${timeText(sum(times))}.`,
      fault: 'yourCode',
      certainty: 'unclear',
      subjects: chain.map((r) => r.id),
      evidence: [
        time('might be saved', saved),
        time('sum', sum(times)),
        time('longest', Math.max(...times)),
        number('requests', chain.length),
      ],
      advice: 'Use Promise.all where none needs the response of another; bodies were not compared.',
    }),
  ];
}

/** A part of a later URL that an earlier one did not have may come from an answer. */
function dependent(chain: readonly Request[]): boolean {
  return chain.slice(1).some((r) => templateOf(r.url ?? '').includes('{id}'));
}
