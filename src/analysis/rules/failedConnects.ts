/** Connects that failed, counted by error and by the line that asked for them. */
import type { CallSite, Connection } from '../../model/records';
import { addressText } from '../../model/row';
import { type Draft, draft, number, words } from '../draft';
import { type Facts, push } from '../facts';
import { placeText, siteKey } from '../places';

const unreachable = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL']);

interface Failed {
  c: Connection;
  code: string;
  site: CallSite | undefined;
  request: string | undefined;
}

export function failedConnectRule({ store }: Facts): Draft[] {
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
    const site = request?.callSite ?? dial?.callSite;
    push(groups, `${code} ${siteKey(site)}`, { c, code, site, request: request?.id });
  }
  return [...groups.values()].map((list) => {
    const { code, site } = list[0] as Failed;
    const targets = [...new Set(list.map(({ c }) => (c.remote ? addressText(c.remote) : (c.path ?? '?'))))];
    const at = placeText(site);
    const where = `${targets.slice(0, 3).join(', ')}${targets.length > 3 ? ` and ${targets.length - 3} more` : ''}`;
    return draft({
      rule: 'failed-connects',
      severity: 'error',
      title: `${list.length} ${list.length === 1 ? 'connect' : 'connects'} failed: ${code}`,
      text: `${list.length} ${list.length === 1 ? 'connect' : 'connects'} to ${where} failed with ${code}${at === undefined ? '' : `, called at ${at}`}.`,
      fault: code === 'ECONNREFUSED' ? 'server' : unreachable.has(code) || code === 'ETIMEDOUT' ? 'network' : 'unclear',
      certainty: code === 'ECONNREFUSED' || unreachable.has(code) ? 'sure' : 'likely',
      subjects: [...new Set(list.map((f) => f.request ?? f.c.id))],
      evidence: [
        number('failed connects', list.length),
        words('error', code, list[0]?.c.id, 'connect.error.code'),
        words('to', where),
        ...(at === undefined ? [] : [words('called at', at, list[0]?.request ?? list[0]?.c.dial, 'callSite')]),
      ],
      ...(code === 'ECONNREFUSED' ? { advice: 'Start the server, or correct host and port.' } : {}),
    });
  });
}
