/**
 * Where a packet that arrives belongs: to a conversation that a connection has claimed, to a socket for datagrams, to a
 * question for a name; else it waits, as the program may yet report its connection.
 */
import { Buffer } from 'node:buffer';
import type { CaptureEngine, StartedCapture } from '../../helper/capture/engine';
import type { RawPacket } from '../../model/facts/packets';
import type { Connection } from '../../model/records';
import { sinceBegin } from '../../model/store/header';
import type { Store } from '../../model/store/store';
import { type Decoded, decodeFrame, linkTypes } from './decode';
import type { DnsWatch } from './dns/watch';
import { Duplicates } from './duplicates';
import { keyOfPacket, lifeOf, openPort } from './flows';
import type { Flow, Keeper } from './keeper';
import type { Arrived, Waiting } from './waiting';
import type { WallClock } from './wallClock';

/** Where packets go, and what is known of those who own them. */
export interface Places {
  store: Store;
  keeper: Keeper;
  waiting: Waiting;
  dns: DnsWatch;
  clock: WallClock;
  /** What is asked for beside TCP and UDP. */
  also: { icmp?: boolean; arp?: boolean };
}

export class Sorter {
  readonly #duplicates = new Duplicates();
  /** Ports of sockets for datagrams that are not connected, with their connections. */
  readonly #ports = new Map<number, string>();

  readonly #places: Places;
  readonly #engine: Pick<CaptureEngine, 'name'>;
  readonly #capture: Pick<StartedCapture, 'interfaces'>;

  constructor(places: Places, engine: Pick<CaptureEngine, 'name'>, capture: Pick<StartedCapture, 'interfaces'>) {
    this.#places = places;
    this.#engine = engine;
    this.#capture = capture;
  }

  connection(c: Connection): void {
    const port = openPort(c);
    if (port !== undefined) this.#ports.set(port, c.id);
  }

  /** `arrivedAt`: when it was handed over, ns of CLOCK_MONOTONIC. */
  sort(packet: RawPacket, arrivedAt: bigint): void {
    const { keeper, clock, dns, waiting } = this.#places;
    const linkType = this.#capture.interfaces[packet.interface]?.linkType ?? -1;
    const decoded = decodeFrame(packet.data, linkType, packet.length);
    if (!decoded || this.#isDuplicate(packet, decoded, linkType)) return;
    const key = decoded.fragment ? undefined : keyOfPacket(decoded);
    const at = clock.monotonic(packet.ns, clock.sectionOf(packet.ns, arrivedAt));
    const arrived = (data: Uint8Array): Arrived => ({
      packet: data === packet.data ? packet : { ...packet, data },
      decoded,
      at,
      forward: key?.forward ?? true,
    });
    if (!key) return this.#other(arrived(packet.data), decoded);
    const flow = keeper.flows.get(key.key);
    if (flow && this.#lives(flow, at)) {
      keeper.keep(arrived(packet.data), flow);
      return;
    }
    const open = decoded.kind === 'udp' ? this.#openSocket(decoded) : undefined;
    if (open !== undefined) {
      const its = keeper.flow(key.key);
      its.connections.add(open);
      keeper.keep(arrived(packet.data), its);
      return;
    }
    // A copy: otherwise it would keep the whole chunk of the stream in memory.
    const own = arrived(Buffer.from(packet.data));
    if (!dns.takes(key.key, own)) waiting.add(key.key, own);
  }

  /** Where one place alone is heard each packet comes once; the helper sees to it itself. */
  #isDuplicate(packet: RawPacket, decoded: Decoded, linkType: number): boolean {
    const all = linkType === linkTypes.sll || linkType === linkTypes.sll2;
    const several = all || this.#capture.interfaces.length > 1;
    if (!several || this.#engine.name === 'helper') return false;
    return this.#duplicates.is(packet, decoded, isOutgoing(packet, linkType));
  }

  /** ICMP and ARP, where they are asked for. */
  #other(arrived: Arrived, d: Decoded): void {
    const { keeper, also } = this.#places;
    if (d.kind === 'arp' && also.arp) keeper.keep(arrived, undefined);
    if (d.kind !== 'icmp' || !also.icmp) return;
    const about = d.about && keyOfPacket(d.about);
    // A packet from the end that is first in the key is answered by a message to that end.
    keeper.keep({ ...arrived, forward: !(about?.forward ?? true) }, about ? keeper.flows.get(about.key) : undefined);
  }

  /** Whether any connection with these ends is there, or was a moment ago. */
  #lives(flow: Flow, at: bigint): boolean {
    const { store } = this.#places;
    const instant = sinceBegin(store.header, at);
    for (const id of flow.connections) {
      const c = store.connections.get(id);
      if (c && instant <= lifeOf(c, undefined).to) return true;
    }
    return false;
  }

  #openSocket(d: Decoded): string | undefined {
    return this.#ports.get(d.sourcePort ?? -1) ?? this.#ports.get(d.destinationPort ?? -1);
  }
}

/** The pseudo-interface of all says itself which way a packet went. */
function isOutgoing({ data, direction }: RawPacket, linkType: number): boolean | undefined {
  if (linkType === linkTypes.sll) return data[1] === 4;
  if (linkType === linkTypes.sll2) return data[10] === 4;
  return direction === undefined ? undefined : direction === 'out';
}
