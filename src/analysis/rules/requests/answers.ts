/** What the responses cost: uncompressed bodies, bodies cut off, servers that are slow, full handshakes. */

import { median } from '../../../model/base/statistics';
import { bytesText, plural, timeText } from '../../../model/base/text';
import { isClosedHere } from '../../../model/facts/closing';
import { deepest } from '../../../model/facts/outcome';
import { isRefusedResponse } from '../../../model/facts/refusedResponse';
import type { Request, TlsTunnel } from '../../../model/records';
import { costTime, type Draft, draft, number, time, words } from '../../base/draft';
import { type Facts, push, sum } from '../../base/facts';
import { isInvalidResponse } from '../../base/invalidResponse';
import { fullHandshakes, packing, serverSlow, slowAt } from '../../base/limits';
import { hostOf, isLoopback, originOf, templateOf } from '../../base/places';

const packable = /^(text\/|application\/([\w.+-]*\+)?(json|xml|javascript)|image\/svg)/i;

/** Who asked for it and got none has a server that does not compress; who did not ask may have meant it so. */
const sidesOfCompression = {
  server: {
    fault: 'server',
    text: ', although the requests asked for compression',
    advice: 'Let the server, or a proxy in front of it, compress text.',
  },
  yourCode: {
    fault: 'yourCode',
    text: ': the requests did not ask for compression',
    advice: 'Send `Accept-Encoding: gzip, br` and decompress: fetch does both, http.get neither.',
  },
  unclear: {
    fault: 'unclear',
    text: '',
    advice: 'Check that requests send `Accept-Encoding`, and that the server compresses.',
  },
} as const;

function asksCompressed(r: Request): boolean | undefined {
  if (r.asksCompressed !== undefined) return r.asksCompressed;
  // Imported, or of an earlier version: only recorded headers say it.
  if (r.headers === undefined) return undefined;
  const header = r.headers.find((h) => h.name.toLowerCase() === 'accept-encoding');
  return header === undefined
    ? false
    : header.value === undefined
      ? undefined
      : /gzip|deflate|br|zstd/i.test(header.value);
}

export function uncompressedRule(facts: Facts): Draft[] {
  const groups = new Map<string, Request[]>();
  for (const [origin, requests] of facts.byOrigin) {
    if (isLoopback(hostOf(origin))) continue;
    for (const r of requests) {
      const a = r.response;
      if (a?.status !== 200 || a.contentEncoding !== undefined || !packable.test(a.contentType ?? '')) continue;
      if (a.contentType?.startsWith('text/event-stream') || (a.bodyBytes ?? a.wireBytes ?? 0) <= packing.min) continue;
      const asks = asksCompressed(r);
      push(groups, `${asks === undefined ? 'unclear' : asks ? 'server' : 'yourCode'} ${origin}`, r);
    }
  }
  return [...groups].map(([key, list]) => {
    const [side = '', origin = ''] = key.split(' ');
    const { fault, text, advice } = sidesOfCompression[side as keyof typeof sidesOfCompression];
    const bytes = sum(list.map((r) => r.response?.bodyBytes ?? r.response?.wireBytes ?? 0));
    return draft({
      rule: 'uncompressed',
      severity: bytes > packing.warning ? 'warning' : 'info',
      title: `${bytesText(bytes)} uncompressed`,
      text: `${plural(list.length, 'response')} of ${origin} came uncompressed, ${bytesText(bytes)} of text in total${text}.`,
      fault,
      certainty: side === 'unclear' ? 'unclear' : 'likely',
      subjects: list.map((r) => r.id),
      evidence: [number('responses', list.length), { what: 'bytes', value: bytes, unit: 'bytes' }],
      advice,
    });
  });
}

/** Not broken off on the way: the program closed the connection, what came is not valid HTTP, or fetch refused the whole of it. */
const isOfOther = (r: Request, facts: Facts): boolean =>
  isRefusedResponse(r) ||
  isInvalidResponse(r.error) ||
  isInvalidResponse(deepest(r.error)) ||
  isClosedHere(facts.connectionOf(r));

export function brokenBodyRule(facts: Facts): Draft[] {
  const groups = new Map<string, Request[]>();
  for (const r of facts.requests)
    if (r.outcome === 'failed' && r.responseBeginAt !== undefined && r.endAt !== undefined && r.timeout === undefined)
      if ((r.error?.phase === undefined || r.error.phase === 'download') && !isOfOther(r, facts))
        push(groups, originOf(r.url), r);
  return [...groups].map(([origin, list]) => {
    const spans = list.map((r) => (r.endAt as number) - (r.responseBeginAt as number));
    // In a broken spool an end may be before its begin: no time is known then.
    const times = spans.filter((span) => span >= 0);
    const spread = Math.max(...times) - Math.min(...times);
    const cluster = times.length >= 3 && spread <= 0.1 * median(times);
    const after =
      times.length > 0
        ? ` ${timeText(median(times))}${times.length > 1 ? ' (median)' : ''} after the response began`
        : '';
    return draft({
      rule: 'reset-in-body',
      severity: 'warning',
      title: `${plural(list.length, 'body', 'bodies')} of ${hostOf(origin)} cut off`,
      text: `${plural(list.length, 'body', 'bodies')} of ${origin} broke off${after}${cluster ? ', always after the same time: a limit of a proxy or server' : ''}.`,
      fault: 'server',
      certainty: 'likely',
      subjects: list.map((r) => r.id),
      evidence: [
        number('bodies', list.length),
        ...(times.length > 0 ? [time('median time in the body', median(times))] : []),
        words('error', list[0]?.error?.code ?? 'closed', list[0]?.id, 'error'),
      ],
      advice: 'Check the server’s and the proxy’s logs for that time.',
    });
  });
}

export function slowServerRule(facts: Facts): Draft[] {
  const groups = new Map<string, Request[]>();
  for (const [origin, requests] of facts.byOrigin)
    for (const r of requests)
      if (r.outcome === 'complete' && (r.endAt ?? 0) - (r.createdAt ?? 0) >= slowAt && r.createdAt !== undefined)
        push(groups, `${r.method} ${origin}${templateOf(r.url ?? '')}`, r);
  return [...groups].flatMap(([kind, list]) => {
    const wait = (r: Request) =>
      r.responseBeginAt === undefined || r.sendEndAt === undefined
        ? 0
        : // Time in which the program itself was busy may have hidden the answer.
          Math.max(0, r.responseBeginAt - r.sendEndAt - (r.loopBusyDuration ?? 0));
    const held = list.filter((r) => facts.store.pausesOf(r.thread).length === 0);
    const slow = held.filter((r) => wait(r) >= serverSlow.share * ((r.endAt as number) - (r.createdAt as number)));
    if (slow.length < serverSlow.count || slow.length < serverSlow.of * held.length) return [];
    const waits = slow.map(wait);
    const loopback = isLoopback(hostOf(originOf(slow[0]?.url)));
    return [
      draft({
        rule: 'server-slow',
        severity: median(waits) >= serverSlow.warning && slow.length >= 5 ? 'warning' : 'info',
        title: `Server takes ${timeText(median(waits))} for ${kind}`,
        text: `${loopback ? '' : 'Probably the server: '}${plural(slow.length, 'response')} to ${kind} took ${timeText(median(waits))} (median) to begin.`,
        fault: 'server',
        certainty: loopback ? 'sure' : 'likely',
        subjects: slow.map((r) => r.id),
        evidence: [
          number('responses', slow.length),
          time('median wait', median(waits)),
          time('longest wait', Math.max(...waits)),
        ],
        advice: 'Request less, cache responses, or run requests in parallel.',
      }),
    ];
  });
}

export function fullHandshakeRule({ store }: Facts): Draft[] {
  const byHost = new Map<string, TlsTunnel[]>();
  for (const t of store.tlsTunnels.values())
    if (t.error === undefined && t.endAt !== undefined && t.beginAt !== undefined && t.resumed !== undefined)
      push(byHost, t.serverName ?? '', t);
  return [...byHost].flatMap(([host, list]) => {
    const sorted = list.sort((a, b) => (a.beginAt ?? 0) - (b.beginAt ?? 0));
    // Without a ticket there was nothing to resume.
    if (isLoopback(host) || sorted.some((t) => t.resumed) || sorted[0]?.ticket !== true) return [];
    // Those begun before the first was over could not resume anything.
    const late = sorted.filter((t) => (t.beginAt ?? 0) > (sorted[0]?.endAt ?? 0) + 50_000);
    if (late.length < fullHandshakes.count || late.some((t) => t.clientCertificate !== undefined)) return [];
    const cost = sum(late.map((t) => (t.endAt as number) - (t.beginAt as number)));
    return [
      draft({
        rule: 'tls-full-handshake',
        severity: late.length >= fullHandshakes.warning ? 'warning' : 'info',
        title: `TLS sessions with ${host} are not resumed`,
        text: `${plural(late.length, 'handshake')} with ${host} ${late.length === 1 ? 'was a full one' : 'were full ones'}, although a session was known; ${timeText(cost)} in total.`,
        fault: 'yourCode',
        certainty: 'likely',
        subjects: late.map((t) => t.connection ?? t.id),
        evidence: [number('full handshakes', late.length), costTime('total time', cost)],
        advice: 'Use one Agent for all requests; it keeps connections and sessions.',
      }),
    ];
  });
}
