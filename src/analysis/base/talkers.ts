/** Who is talked to most: bytes a second by destination, by the kernel's counts. Without them a destination is absent. */
import type { Connection, KernelSample } from '../../model/records';
import type { Store } from '../../model/store/store';
import { wholeSamples } from './kernelSamples';

export interface Talker {
  address: string;
  port: number;
  /** Name that was dialled. Absent: an address was, or it is not known. */
  host?: string;
  connections: number;
  /** Payload in bytes; what was sent again counts once. */
  sent: number;
  received: number;
  /** µs from the first connection's begin to the last byte that was seen. */
  duration: number;
  /** Bytes a second between the last two looks, of connections that were looked at lately. */
  sending: number;
  receiving: number;
}

/** Looks nearer to each other give no steady rate, µs. */
const minApart = 500_000;
/** What was not looked at for longer says nothing of now, µs. */
const lately = 2_500_000;

/** The most bytes first. `now`: µs since the trace began. */
export function talkersOf(store: Store, now: number): Talker[] {
  const talkers = new Map<string, Talker & { from: number; to: number }>();
  for (const c of store.connections.values()) {
    const { remote } = c;
    const samples = wholeSamples(store.kernelSamples.get(c.id));
    const [first] = samples;
    if (!remote || !first || c.kind !== 'tcp' || c.direction === 'in') continue;
    const key = `${remote.address} ${remote.port}`;
    const host = c.dial === undefined ? undefined : store.dials.get(c.dial)?.host;
    const from = c.connect?.beginAt ?? first.at;
    const talker = talkers.get(key) ?? {
      address: remote.address,
      port: remote.port,
      ...(host === undefined || host === remote.address ? {} : { host }),
      ...{ connections: 0, sent: 0, received: 0, duration: 0, sending: 0, receiving: 0, from, to: from },
    };
    talkers.set(key, add(talker, c, samples, now));
  }
  return [...talkers.values()]
    .map(({ from, to, ...talker }) => ({ ...talker, duration: to - from }))
    .sort((a, b) => b.sent + b.received - a.sent - a.received);
}

function add<T extends Talker & { from: number; to: number }>(
  t: T,
  c: Connection,
  samples: KernelSample[],
  now: number,
): T {
  const last = samples.at(-1) as KernelSample;
  const active = samples.find((s) => sentOf(s) === sentOf(last) && s.bytesReceived === last.bytesReceived) ?? last;
  const rate = rateOf(samples, now);
  return {
    ...t,
    connections: t.connections + 1,
    sent: t.sent + sentOf(last),
    received: t.received + (last.bytesReceived ?? 0),
    sending: t.sending + rate.sending,
    receiving: t.receiving + rate.receiving,
    from: Math.min(t.from, c.connect?.beginAt ?? t.from),
    to: Math.max(t.to, active.at),
  };
}

const sentOf = ({ bytesSent = 0, bytesRetransmitted = 0 }: KernelSample): number => bytesSent - bytesRetransmitted;

function rateOf(samples: readonly KernelSample[], now: number): Pick<Talker, 'sending' | 'receiving'> {
  const last = samples.at(-1) as KernelSample;
  const before = samples.findLast((s) => last.at - s.at >= minApart);
  if (!before || now - last.at > lately) return { sending: 0, receiving: 0 };
  const seconds = (last.at - before.at) / 1e6;
  return {
    sending: (sentOf(last) - sentOf(before)) / seconds,
    receiving: ((last.bytesReceived ?? 0) - (before.bytesReceived ?? 0)) / seconds,
  };
}
