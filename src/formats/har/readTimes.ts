/** The instants of a HAR entry, from its begin and its timings. */

import { sound } from '../shared/imported';
import type { HarEntryInput } from './input';

/** µs since the trace began; absent: the timing is. */
export interface EntryTimes {
  createdAt: number;
  /** End of `blocked`. */
  queuedUntil?: number;
  dns?: [begin: number, end: number];
  tcp?: [begin: number, end: number];
  tls?: [begin: number, end: number];
  /** The entry's own setup was over. */
  readyAt?: number;
  sendBeginAt?: number;
  sendEndAt?: number;
  responseBeginAt?: number;
  endAt: number;
  /** ssl was above connect. */
  sslApart: boolean;
  /** Phases that the entry does not report though its time is not 0. */
  missingParts: string[];
}

type Timing = 'blocked' | 'dns' | 'connect' | 'ssl' | 'send' | 'wait' | 'receive';

export function timesOf(entry: HarEntryInput, createdAt: number): EntryTimes {
  const ms = (name: Timing): number | undefined => {
    const value = entry.timings?.[name];
    if (typeof value !== 'number' || value < 0 || entry._absentTimings?.[name] !== undefined) return undefined;
    return sound(value * 1000) === undefined ? undefined : value;
  };
  // Summed in ms and then made instants: what was written from instants gives the same ones again.
  let passed = 0;
  const step = (length: number): [number, number] => {
    const from = instant(passed);
    passed += length;
    return [from, instant(passed)];
  };
  const instant = (after: number): number => sound(createdAt + after * 1000) ?? createdAt;

  const times: EntryTimes = { createdAt, endAt: createdAt, sslApart: false, missingParts: [] };
  const blocked = ms('blocked');
  if (blocked === undefined) times.missingParts.push('queue');
  else times.queuedUntil = step(blocked)[1];

  const [dns, connect, ssl] = [ms('dns'), ms('connect'), ms('ssl')];
  const hasSetup = (dns ?? 0) > 0 || (connect ?? 0) > 0 || (ssl ?? 0) > 0;
  if (hasSetup) {
    times.sslApart = (ssl ?? 0) > (connect ?? 0);
    if (dns !== undefined) times.dns = step(dns);
    if (connect !== undefined) times.tcp = step(times.sslApart ? connect : connect - (ssl ?? 0));
    if (ssl !== undefined) times.tls = step(ssl);
    times.readyAt = instant(passed);
  }

  const [send, receive] = [ms('send'), ms('receive')];
  const wait = ms('wait') ?? withoutTimings(entry);
  const responded = hasResponse(entry);
  if (send !== undefined) {
    const [from, to] = step(send);
    times.sendBeginAt = from;
    // Its end is not known where the response came first.
    if (wait !== undefined || !responded) times.sendEndAt = to;
  } else if (wait !== undefined || receive !== undefined) {
    times.sendBeginAt = instant(passed);
    times.missingParts.push('send');
  }
  if (wait !== undefined) step(wait);
  if (responded) times.responseBeginAt = instant(passed);
  if (responded && receive !== undefined) step(receive);
  else if (responded) times.missingParts.push('download');
  times.endAt = instant(passed);
  return times;
}

/** Without any timing the whole time is given to the wait: no better is known. */
function withoutTimings(entry: HarEntryInput): number | undefined {
  const none = !entry.timings || Object.values(entry.timings).every((v) => typeof v !== 'number' || v < 0);
  const { time } = entry;
  return none && typeof time === 'number' && time > 0 && sound(time * 1000) !== undefined ? time : undefined;
}

export const hasResponse = (entry: HarEntryInput): boolean => (entry.response?.status ?? 0) > 0;
