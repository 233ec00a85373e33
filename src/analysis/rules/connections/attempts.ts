/** Addresses that did not connect before another did: time lost at each dial. By host. */

import { numberText, plural, timeText } from '../../../model/base/text';
import type { Connection, Dial } from '../../../model/records';
import { costTime, type Draft, draft, number, words } from '../../base/draft';
import { type Facts, push, sum } from '../../base/facts';
import { isLoopback } from '../../base/places';

interface Lost {
  dial: Dial;
  lost: Connection[];
  winner: Connection;
  cost: number;
}

export function attemptRule({ store }: Facts): Draft[] {
  const byHost = new Map<string, Lost[]>();
  for (const dial of store.dials.values()) {
    const all = (dial.attempts ?? []).flatMap((id) => store.connections.get(id) ?? []);
    const winner = all.find((c) => c.id === dial.connection);
    const before = winner?.connect?.beginAt;
    if (!winner || before === undefined || all.length < 2) continue;
    const lost = all.filter((c) => c !== winner && c.connect?.result !== undefined && c.connect.result !== 'cancelled');
    const begin = Math.min(...lost.flatMap((c) => c.connect?.beginAt ?? []));
    if (lost.length > 0 && begin < before) push(byHost, dial.host ?? '', { dial, lost, winner, cost: before - begin });
  }
  return [...byHost].flatMap(([host, list]) => found(host, list));
}

function found(host: string, list: readonly Lost[]): Draft[] {
  const cost = sum(list.map((l) => l.cost));
  const first = list[0] as Lost;
  const lost = first.lost[0] as Connection;
  const v6 = list.every(
    (l) => l.lost.every((c) => c.remote?.address.includes(':')) && !l.winner.remote?.address.includes(':'),
  );
  const cut = list.some((l) => l.lost.some((c) => c.connect?.result === 'timedOut'));
  const subjects = list.map((l) => l.dial.request ?? l.dial.id);
  const evidence = [
    number('connections', list.length),
    costTime('time lost', cost, first.dial.id, 'attempts'),
    words(
      lost.remote?.address ?? 'first attempt',
      lost.connect?.error?.code ?? lost.connect?.result ?? '',
      lost.id,
      'connect.result',
    ),
  ];
  if (v6 && !cut && isLoopback(host))
    return [
      draft({
        rule: 'localhost-is-two-addresses',
        severity: 'info',
        title: `${host} resolves to two addresses`,
        text: `The server listens on 127.0.0.1 only, you connect to ${host}: ::1 was tried first ${list.length === 1 ? 'once' : `${numberText(list.length)} times`}.`,
        fault: 'yourCode',
        certainty: 'sure',
        subjects,
        evidence,
        advice: 'Use 127.0.0.1, or let the server listen on ::.',
      }),
    ];
  if (cost < 100_000) return [];
  return [
    draft({
      rule: v6 ? 'ipv6-broken' : 'attempt-budget',
      severity: 'warning',
      title: v6 ? `IPv6 to ${host} fails, IPv4 works` : `Some addresses of ${host} did not connect`,
      text: `${plural(list.length, 'connection')} to ${host} lost ${timeText(cost)} on ${lost.remote?.address ?? 'an address'} before ${first.winner.remote?.address ?? 'another'} connected.`,
      fault: 'network',
      certainty: 'likely',
      subjects,
      evidence,
      advice: v6
        ? 'Fix the IPv6 route, or start Node with --dns-result-order=ipv4first.'
        : 'Check the route to that address.',
    }),
  ];
}
