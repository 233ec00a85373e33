/** Connections without HTTP: those of database drivers by where they lead, and pipes and sockets of this machine apart. */

import { numberText, plural } from '../../model/base/text';
import type { Connection } from '../../model/records';
import { addressText } from '../../model/rows/row';
import { isPlain } from '../../model/store/pipes';
import type { Store } from '../../model/store/store';

export interface PlainSockets {
  /** Where the program's own TCP connections lead, with how many. */
  targets: ReadonlyMap<string, number>;
  /** Unix sockets and named pipes, which carried no request. */
  pipes: number;
  /** Of the pipes. */
  bytesSent: number;
  bytesReceived: number;
}

const maxNamed = 3;

export function plainSocketsOf(store: Store): PlainSockets {
  const targets = new Map<string, number>();
  const { connections: pipes = 0, bytesSent = 0, bytesReceived = 0 } = store.counts.pipes ?? {};
  for (const c of store.connections.values()) {
    if (c.kind !== 'tcp' || !isPlain(c, store)) continue;
    const target = targetOf(c, store);
    if (target !== undefined) targets.set(target, (targets.get(target) ?? 0) + 1);
  }
  return { targets, pipes, bytesSent, bytesReceived };
}

/** As the program asked for it; undefined: a client of HTTP opened it. */
function targetOf(c: Connection, store: Store): string | undefined {
  const dial = c.dial === undefined ? undefined : store.dials.get(c.dial);
  if (dial === undefined || (dial.via !== 'net' && dial.via !== 'tls') || dial.request !== undefined) return undefined;
  if (dial.host === undefined || dial.port === undefined) return c.remote && addressText(c.remote);
  return addressText({ address: dial.host, port: dial.port });
}

/** `5 connections to db.example:5432` for each place; beside requests `5 of them …`. */
export function plainTexts({ targets, pipes }: PlainSockets, besideRequests: boolean): string[] {
  const named = [...targets].sort((a, b) => b[1] - a[1]);
  const texts = named
    .slice(0, maxNamed)
    .map(([target, n]) =>
      besideRequests ? `${numberText(n)} of them to ${target}, no HTTP` : `${plural(n, 'connection')} to ${target}`,
    );
  if (named.length > maxNamed) texts.push(`${numberText(named.length - maxNamed)} more places`);
  return [...texts, ...(pipes > 0 ? [plural(pipes, 'pipe')] : [])];
}
