/**
 * Connections that failed, by error and by the line that asked for them; those that no request waited for apart, as pools
 * reconnect by themselves when a server closes.
 */

import { plural } from '../../../model/base/text';
import type { CallSite, Connection, Dial, Request } from '../../../model/records';
import { addressText } from '../../../model/rows/row';
import { type Draft, draft, number, words } from '../../base/draft';
import { type Facts, push } from '../../base/facts';
import { placeText, siteKey } from '../../base/places';

const unreachable = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL']);

interface Failed {
  c: Connection;
  code: string;
  site: CallSite | undefined;
  request: string | undefined;
  /** A pool of HTTP connections dialled by itself: nothing waited for it. */
  spare: boolean;
}

const pools = new Set<string | undefined>(['agent', 'undici', 'http2']);

/** A request waited for it, and did not complete on another connection. */
function isAwaited(dial: Dial, request: Request | undefined, awaited: ReadonlySet<string | undefined>): boolean {
  if (request === undefined) return dial.request !== undefined || awaited.has(dial.id);
  return request.outcome !== 'complete';
}

export function failedConnectRule({ store, requests }: Facts): Draft[] {
  const awaited = new Set(requests.map((r) => r.dial));
  const groups = new Map<string, Failed[]>();
  for (const c of store.connections.values()) {
    const { connect } = c;
    if (connect?.result !== 'failed' && connect?.result !== 'timedOut') continue;
    const dial = c.dial === undefined ? undefined : store.dials.get(c.dial);
    // An attempt that lost to another of the same dial cost time, but nothing failed.
    if (dial?.connection !== undefined) continue;
    const code = connect.error?.code ?? (connect.result === 'timedOut' ? 'ETIMEDOUT' : undefined);
    if (code === undefined) continue;
    const request = dial?.request === undefined ? undefined : store.requests.get(dial.request);
    // The program ended it, and its socket with it: the error is what that looks like from inside.
    if (request?.abort?.at !== undefined && request.abort.at <= (connect.endAt ?? request.abort.at)) continue;
    const site = request?.callSite ?? dial?.callSite;
    const spare = dial !== undefined && pools.has(dial.via) && !isAwaited(dial, request, awaited);
    push(groups, `${code} ${spare} ${siteKey(site)}`, { c, code, site, request: request?.id, spare });
  }
  return [...groups.values()].map((list) => {
    const { code, site, spare } = list[0] as Failed;
    const targets = [...new Set(list.map(({ c }) => (c.remote ? addressText(c.remote) : (c.path ?? '?'))))];
    const at = placeText(site);
    const where = `${targets.slice(0, 3).join(', ')}${targets.length > 3 ? ` and ${targets.length - 3} more` : ''}`;
    const refused = list.length === 1 ? 'was refused' : 'were refused';
    const end = code === 'ECONNREFUSED' ? refused : 'failed';
    return draft({
      rule: 'failed-connects',
      severity: spare ? 'info' : 'error',
      title: `${plural(list.length, 'connection')} ${code === 'ECONNREFUSED' ? 'refused' : `failed: ${code}`}`,
      text: spare
        ? `${plural(list.length, 'connection')} that the pool opened by itself to ${where} failed (${code}); no request was affected.`
        : `${plural(list.length, 'connection')} to ${where} ${end} (${code})${at === undefined ? '' : `, called at ${at}`}.`,
      fault: code === 'ECONNREFUSED' ? 'server' : unreachable.has(code) || code === 'ETIMEDOUT' ? 'network' : 'unclear',
      certainty: code === 'ECONNREFUSED' || unreachable.has(code) ? 'sure' : 'likely',
      subjects: [...new Set(list.map((f) => f.request ?? f.c.id))],
      evidence: [
        number('failed connections', list.length),
        words('error', code, list[0]?.c.id, 'connect.error.code'),
        words('to', where),
        ...(at === undefined ? [] : [words('called at', at, list[0]?.request ?? list[0]?.c.dial, 'callSite')]),
      ],
      ...(code === 'ECONNREFUSED' && !spare ? { advice: 'Start the server, or correct host and port.' } : {}),
    });
  });
}
