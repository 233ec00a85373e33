/**
 * What captures packets. There are several, each with what it cannot do; the session knows only this interface and
 * takes the first that works here.
 */

import { messageOf } from '../../model/base/text';
import type { PacketInterface, PacketStatistics, RawPacket } from '../../model/facts/packets';

export interface CaptureOptions {
  /** Bytes kept of each packet at most. */
  snaplen: number;
  icmp: boolean;
  arp: boolean;
  /** Only on these, which exist; absent: on all. */
  interfaces?: readonly string[];
}

export interface StartedCapture {
  readonly interfaces: readonly PacketInterface[];
  /** The filter in words of libpcap, as far as the kernel applies it. */
  readonly filter: string;
  /** Ends when the capture does. Not in order of time where there are several interfaces. */
  readonly batches: AsyncIterable<RawPacket[]>;
  /**
   * Asks for the packets of a failed connection attempt, whose local end is unknown: to this remote end, between these
   * instants of the wall clock. Absent: the engine reports all packets anyway.
   */
  failedAttempt?(remote: { address: string; port: number }, from: bigint, to: bigint): void;
  /** Packets that found no room here, as nobody took them. Absent: they are among the dropped. */
  discarded?(): number;
  /** Ends the capture; what the kernel holds comes first. Counts what was dropped, where that can be determined. */
  stop(): Promise<PacketStatistics[]>;
}

export interface CaptureEngine {
  readonly name: 'helper' | 'dumpcap' | 'cap';
  /** Whose clock stamps the packets. */
  readonly timestamps: 'kernel' | 'user';
  /** What it cannot do, in words for people. */
  readonly lacks: readonly string[];
  /** Rejects with a CaptureUnavailable if it does not work here. */
  start(options: CaptureOptions): Promise<StartedCapture>;
}

export type UnavailableReason = 'noHelper' | 'noRights' | 'platform' | 'fault';

/** Why an engine does not work here; the message is one sentence for people. */
export class CaptureUnavailable extends Error {
  constructor(
    readonly reason: UnavailableReason,
    message: string,
  ) {
    super(message);
  }
}

/** Starts the first engine that works; else says why, by the engine that came nearest to it. */
export async function startFirst(
  engines: readonly CaptureEngine[],
  options: CaptureOptions,
): Promise<{ engine: CaptureEngine; started: StartedCapture }> {
  let nearest: CaptureUnavailable | undefined;
  for (const engine of engines) {
    try {
      return { engine, started: await engine.start(options) };
    } catch (error) {
      const why = error instanceof CaptureUnavailable ? error : new CaptureUnavailable('fault', messageOf(error));
      if (!nearest || order.indexOf(why.reason) > order.indexOf(nearest.reason)) nearest = why;
    }
  }
  throw nearest ?? new CaptureUnavailable('noHelper', 'nothing that captures packets was found.');
}

/** The later, the nearer to working. */
const order: readonly UnavailableReason[] = ['platform', 'noHelper', 'fault', 'noRights'];

/** The kernel's filter: all that could be a traced connection's. Which it is, only the session knows. */
export function filterOf({ icmp, arp }: CaptureOptions): string {
  return ['tcp', 'udp', ...(icmp ? ['icmp', 'icmp6'] : []), ...(arp ? ['arp'] : [])].join(' or ');
}
