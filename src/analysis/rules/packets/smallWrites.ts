/** Small writes that wait for the peer's delayed ACK: Nagle's algorithm is on, as the program wished. */

import { median } from '../../../model/base/statistics';
import { timeText } from '../../../model/base/text';
import type { Connection, Request, SocketOperation } from '../../../model/records';
import { addressText } from '../../../model/rows/row';
import { type Draft, draft, number, time, words } from '../../base/draft';
import type { Facts } from '../../base/facts';
import { delayedAck, delayedAckTimes, smallWrite } from '../../base/limits';

export function smallWriteRule(facts: Facts): Draft[] {
  const { store } = facts;
  const plain = [...store.connections.values()].filter((c) => c.options?.noDelay === false && c.direction !== 'in');
  if (plain.length === 0) return [];
  return plain.flatMap((c) => ofConnection(c, facts, store.socketOperations.get(c.id) ?? []));
}

function ofConnection(c: Connection, { store }: Facts, operations: readonly SocketOperation[]): Draft[] {
  const to = c.remote ? addressText(c.remote) : c.id;
  const waits = store
    .requestsOfConnection(c.id)
    .flatMap((id) => store.requests.get(id) ?? [])
    .flatMap(waitOf);
  const stalls = [...stallsOf(operations), ...waits].filter((d) => delayedAck.some(([lo, hi]) => d >= lo && d <= hi));
  const option = words('noDelay', 'false', c.id, 'options.noDelay');
  const said = {
    rule: 'nagle-delayed-ack',
    fault: 'yourCode',
    subjects: [c.id],
    advice: 'Call setNoDelay(true), or write once (cork, one buffer).',
  } as const;
  if (stalls.length >= delayedAckTimes)
    return [
      draft({
        ...said,
        severity: 'warning',
        title: `${timeText(median(stalls))} stalls between small writes to ${to}`,
        text: `${stalls.length} times the response came ${timeText(median(stalls))} after a small write, which waited for the ACK of the previous write.`,
        certainty: 'likely',
        evidence: [number('stalls', stalls.length), time('median stall', median(stalls)), option],
      }),
    ];
  const sent = c.bytesSent;
  const used = operations.filter((o) => o.kind === 'write').length >= 2 || (c.requestCount ?? 0) >= 2;
  if (!used && (sent === undefined || sent === 0)) return [];
  return [
    draft({
      ...said,
      severity: 'info',
      title: `Small writes to ${to} may be held back`,
      text: `noDelay is off on the connection to ${to}: a small write waits until the previous one is acknowledged (40 ms or more).`,
      certainty: 'unclear',
      evidence: [option],
    }),
  ];
}

/** From the last of two small writes in a row to the read after them. */
function stallsOf(operations: readonly SocketOperation[]): number[] {
  const list = operations.filter((o) => typeof o.at === 'number').sort((a, b) => Number(a.at) - Number(b.at));
  const small = (o: SocketOperation | undefined) =>
    o?.kind === 'write' && typeof o.bytes === 'number' && o.bytes < smallWrite;
  const stalls: number[] = [];
  for (let i = 2; i < list.length; i++)
    if (list[i]?.kind === 'read' && small(list[i - 1]) && small(list[i - 2]))
      stalls.push(Number(list[i]?.at) - Number(list[i - 1]?.at));
  return stalls;
}

/** Only requests with a body take two writes. */
const waitOf = (r: Request): number[] =>
  r.body === undefined || r.sendEndAt === undefined || r.responseBeginAt === undefined
    ? []
    : [r.responseBeginAt - r.sendEndAt];
