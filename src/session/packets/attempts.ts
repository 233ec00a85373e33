/**
 * Attempts to connect that failed or lost: the hook does not know which port they had. Their packets are those of the one
 * conversation that began towards the same end right after the attempt did.
 */
import type { StartedCapture } from '../../helper/capture/engine';
import type { Connection } from '../../model/records';
import { monotonicOf, sinceBegin } from '../../model/store/header';
import type { Store } from '../../model/store/store';
import { addressText } from './decode';
import { remoteOf } from './flows';
import type { Waiting } from './waiting';
import type { WallClock } from './wallClock';

/** Time from a failed attempt's begin to its first packet, µs. */
const window = 5000;
/** Packets of an attempt without an answer wait no longer than this, µs. */
const maxWait = 150_000_000;

export class Attempts {
  readonly #open = new Map<string, Connection>();

  readonly #store: Store;
  readonly #waiting: Waiting;
  readonly #clock: WallClock;
  readonly #capture: Pick<StartedCapture, 'failedAttempt'>;
  /** The conversation of this key is the connection's. */
  readonly #claim: (key: string, connection: string) => void;

  constructor(
    store: Store,
    waiting: Waiting,
    clock: WallClock,
    capture: Pick<StartedCapture, 'failedAttempt'>,
    claim: (key: string, connection: string) => void,
  ) {
    this.#store = store;
    this.#waiting = waiting;
    this.#clock = clock;
    this.#capture = capture;
    this.#claim = claim;
  }

  /** A connection whose own port is not known (yet). `now`: µs since the trace began. */
  add(c: Connection, now: number): void {
    const { remote, connect } = c;
    const known = this.#open.has(c.id);
    this.#open.set(c.id, c);
    if (known || !remote || connect?.beginAt === undefined) return;
    const wall = (at: number) => this.#clock.realtime(monotonicOf(this.#store.header, at));
    const end = connect.endAt ?? now;
    this.#capture.failedAttempt?.(remote, wall(connect.beginAt - 1000), wall(end + window));
  }

  /** Its port is known after all. */
  settled(connection: string): void {
    this.#open.delete(connection);
  }

  /** Looks for the packets of each. */
  find(now: number): void {
    for (const c of [...this.#open.values()]) this.#findOne(c, now);
  }

  #findOne(c: Connection, now: number): void {
    const remote = remoteOf(c);
    const begin = c.connect?.beginAt;
    if (remote === undefined || begin === undefined) return;
    const found = [...this.#waiting.all()].filter(({ packets: [first] }) => {
      if (!first?.decoded.tcp || (first.decoded.tcp.flags & 0x12) !== 2) return false;
      const after = sinceBegin(this.#store.header, first.at) - begin;
      const to = `${first.decoded.destinationPort}@${first.decoded.destination}`;
      return to === remote && after > -1000 && after < window;
    });
    const first = found.length === 1 ? found[0]?.packets[0]?.decoded : undefined;
    if (found[0] && first?.source !== undefined) {
      this.#open.delete(c.id);
      const local = { address: addressText(first.source), port: first.sourcePort ?? 0 };
      const before = this.#store.connections.get(c.id) ?? c;
      // Said to the store, this claims its packets.
      this.#store.setConnection({ ...before, local, by: { ...before.by, local: 'capture' } });
      this.#claim(found[0].key, c.id);
    } else if (now - begin > maxWait) this.#open.delete(c.id);
  }
}
