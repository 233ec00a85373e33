/** Which requests a connection carried, which waited for a dial, which tunnels a connection has: what points down. */
import type { Request } from '../records';

const none: ReadonlySet<string> = new Set();

export class Index {
  readonly #byConnection = new Map<string, Set<string>>();
  readonly #byDial = new Map<string, Set<string>>();
  readonly #tunnels = new Map<string, Set<string>>();
  readonly #numbers = new Map<string, number>();
  #nextNumber = 1;

  requestsOf(connection: string): ReadonlySet<string> {
    return this.#byConnection.get(connection) ?? none;
  }

  waitedFor(dial: string): ReadonlySet<string> {
    return this.#byDial.get(dial) ?? none;
  }

  tunnelsOf(connection: string): ReadonlySet<string> {
    return this.#tunnels.get(connection) ?? none;
  }

  addTunnel(connection: string, tunnel: string): void {
    add(this.#tunnels, connection, tunnel);
  }

  /** Short ordinal of a connection for people, in order of first use. */
  numberOf(connection: string): number {
    const known = this.#numbers.get(connection);
    if (known !== undefined) return known;
    const n = this.#nextNumber++;
    this.#numbers.set(connection, n);
    return n;
  }

  /** Indexes a request under its current references, and removes the previous ones. */
  link(r: Request, before: Request | undefined): void {
    if (before?.connection !== r.connection) {
      if (before?.connection !== undefined) this.#byConnection.get(before.connection)?.delete(r.id);
      if (r.connection !== undefined) {
        add(this.#byConnection, r.connection, r.id);
        this.numberOf(r.connection);
      }
    }
    if (r.dial !== undefined && before?.dial !== r.dial) add(this.#byDial, r.dial, r.id);
  }

  unlink(r: Request): void {
    if (r.connection !== undefined) this.#byConnection.get(r.connection)?.delete(r.id);
    if (r.dial !== undefined) this.#byDial.get(r.dial)?.delete(r.id);
  }

  forgetConnection(id: string): void {
    this.#tunnels.delete(id);
    this.#byConnection.delete(id);
    this.#numbers.delete(id);
  }

  forgetDial(id: string): void {
    this.#byDial.delete(id);
  }
}

function add(index: Map<string, Set<string>>, key: string, id: string): void {
  const set = index.get(key);
  if (set) set.add(id);
  else index.set(key, new Set([id]));
}
