/**
 * Calls of the C library's `getaddrinfo` as a probe of the kernel's saw them, and the lookups of the program that they are:
 * of the same process and name, and between call and answer. Either may come first. Two lookups of one name at once may
 * have each other's: nothing tells them apart.
 */
import type { Lookup } from '../records';
import type { Store } from '../store/store';

export interface LookupCall {
  pid: number;
  /** As it was given to the C library. */
  name: string;
  /** µs since the trace began. */
  beginAt: number;
  endAt: number;
  /** 0, or `EAI_…` of the C library. */
  result: number;
}

/** The hook's own question to the pool (src/hook/dns/threadPool.ts). */
const aside = '127.1';
/** Instants of two clocks' readings may differ by this much, in µs. */
const slack = 100;
/** Calls, and lookups, that wait for their other half. Those of other programs wait in vain, until newer ones come. */
const maxWaiting = 1024;

export class LookupCalls {
  #calls: LookupCall[] = [];
  #lookups: string[] = [];

  constructor(readonly store: Store) {}

  call(call: LookupCall): void {
    if (call.name === aside) return;
    const of = this.#lookups.findIndex((id) => this.#isOf(this.store.lookups.get(id), call));
    if (of >= 0) return this.#join(this.#lookups.splice(of, 1)[0] as string, call);
    this.#calls.push(call);
    if (this.#calls.length > maxWaiting) this.#calls.splice(0, maxWaiting / 2);
  }

  /** A lookup was folded; nothing happens until it has ended. */
  lookup(id: string): void {
    const lookup = this.store.lookups.get(id);
    if (lookup?.call !== 'lookup' || lookup.endAt === undefined || lookup.system) return;
    // In the order of their ends: an earlier lookup has taken what was its own.
    const of = this.#calls.findIndex((call) => this.#isOf(lookup, call));
    if (of >= 0) return this.#join(id, this.#calls.splice(of, 1)[0] as LookupCall);
    this.#lookups.push(id);
    if (this.#lookups.length > maxWaiting) this.#lookups.splice(0, maxWaiting / 2);
  }

  #isOf(lookup: Lookup | undefined, { pid, name, beginAt, endAt }: LookupCall): boolean {
    if (lookup?.beginAt === undefined || lookup.endAt === undefined || lookup.thread === undefined) return false;
    if (lookup.hostname?.toLowerCase() !== name.toLowerCase()) return false;
    if (beginAt < lookup.beginAt - slack || endAt > lookup.endAt + slack) return false;
    return this.store.thread(lookup.thread)?.process.pid === pid;
  }

  #join(id: string, { beginAt, endAt, result }: LookupCall): void {
    const lookup = this.store.lookups.get(id) as Lookup;
    this.store.setLookup({ ...lookup, system: { beginAt, endAt, result }, by: { ...lookup.by, system: 'bpf' } });
  }
}
