/** One DNS lookup and its lines. Times are raw readings of the clock, 0: has not happened. */

import { errorInfo } from '../../output/errors';
import { bounded, cutText } from '../../output/json';
import { push, pushLater, type Writable } from '../../output/queue';
import { apply, byteLength, PromiseClass, promiseThen, stringify } from '../../runtime/builtins';
import { us } from '../../runtime/clock';
import { nextId, past } from '../../runtime/ids';
import { captureSite, reportSite } from '../../sites/callSite';
import { matching } from '../recording';
import type { Exchange } from './exchange';

export interface Address {
  address: string;
  family: number;
  ttl?: number;
}

/** A record as `resolve` gave it; what the call does not report (mostly the time to live) is absent. */
export interface DnsRecord {
  name: string;
  type: string;
  class: string;
  ttl?: number | undefined;
  value: string;
}

const maxRecords = 16;

/** Lookups of this isolate that run now. */
export const running = { count: 0 };

export class Lookup implements Writable {
  readonly id = nextId();
  /** Number of its call site; 0: none yet. */
  site = 0;
  endAt = 0;
  /** ms that it waited for a thread of the pool; 0: not measured. */
  poolWait = 0;
  /** Who answered; '': not known. */
  answeredBy = '';
  addresses: Address[] = [];
  records: DnsRecord[] | undefined;
  /** Of lookupService. */
  service: object | undefined;
  servers: string[] | undefined;
  skippedServers: { server: string; why: string }[] | undefined;
  rcode = '';
  /** Messages of our own resolver. */
  exchanges: readonly Exchange[] = [];
  /** By address, where messages reported them. */
  timesToLive: ReadonlyMap<string, number> | undefined;
  error: unknown = undefined;
  written = false;
  laterAt = -1;
  private begun = false;
  /** The program's own, while only some requests are asked for. */
  private silent = false;
  /** Where it was called. */
  stack: Error | undefined;
  private siteReported = false;

  constructor(
    readonly call: string,
    readonly hostname: string,
    readonly options: object | undefined,
    readonly beginAt: number,
    /** Lookups that were running when this one began; -1: not counted. */
    readonly inFlight: number,
  ) {}

  /** For the program's own lookup: its line when it is answered; earlier, without an end, when that takes its time. */
  announce(): void {
    this.silent = !matching.everything;
    if (this.silent) return;
    this.stack = captureSite();
    pushLater(this);
  }

  ended(): void {
    if (this.silent || this.id <= past.id) return;
    this.written = true;
    push(lookupLine(this));
    this.reportSite();
  }

  get isWritten(): boolean {
    return this.written;
  }

  lines(): string {
    if (this.written || this.begun || this.id <= past.id) return '';
    this.begun = true;
    this.reportSite();
    return lookupLine(this);
  }

  /** Its call site follows its line. */
  private reportSite(): void {
    if (this.stack && !this.siteReported) reportSite(this.stack, this);
    this.siteReported = true;
  }
}

/** The lookup's line, and those of its messages. */
export function lookupLine(l: Lookup, dial?: number): string {
  let s = ownLine(l, dial);
  for (const x of l.exchanges.slice(0, 64)) s += x.line(l.id, dial, undefined);
  return s;
}

function ownLine(l: Lookup, dial: number | undefined): string {
  let max = maxRecords;
  let text = stringify(fieldsOf(l, dial, max));
  while (max > 1 && byteLength(text) > 3900) {
    max >>= 1;
    text = stringify(fieldsOf(l, dial, max));
  }
  return bounded(`${text}\n`);
}

function fieldsOf(l: Lookup, dial: number | undefined, max: number): object {
  const { records, servers } = l;
  const given = l.error === undefined && l.endAt !== 0;
  const cut = (records?.length ?? 0) > max || l.addresses.length > max;
  return {
    k: 'lookup',
    id: l.id,
    dial,
    call: l.call,
    hostname: cutText(l.hostname, 512),
    options: l.options,
    beginAt: us(l.beginAt),
    endAt: l.endAt === 0 ? undefined : us(l.endAt),
    poolWaitDuration: l.poolWait > 0 ? Math.round(l.poolWait * 1000) : undefined,
    answeredBy: l.answeredBy || undefined,
    addresses: l.endAt === 0 ? undefined : addressesOf(l, given, max),
    records: given ? records?.slice(0, max) : undefined,
    service: l.service,
    servers: servers?.slice(0, 8).map((s) => cutText(s, 64)),
    skippedServers: l.skippedServers?.slice(0, 8),
    rcode: l.rcode || undefined,
    error: l.error === undefined ? undefined : errorInfo(l.error, 'dns'),
    inFlight: l.inFlight < 0 ? undefined : l.inFlight,
    missing: cut ? { records: 'tooMany' } : undefined,
    by: l.poolWait > 0 ? { poolWaitDuration: 'hook' } : undefined,
  };
}

/** A call that asks for records may have no addresses, rather than none. */
function addressesOf(l: Lookup, given: boolean, max: number): Address[] | undefined {
  if (given && l.addresses.length > 0) return l.addresses.slice(0, max);
  return l.call === 'lookup' || l.call === 'custom' ? [] : undefined;
}

/** Passes the result of `promise` to `settled` before the program sees it. An unhandled rejection stays unhandled. */
export function watched(
  promise: Promise<unknown>,
  settled: (error: unknown, value: unknown) => void,
): Promise<unknown> {
  return new PromiseClass((resolve, reject) => {
    apply(promiseThen, promise, [
      (value: unknown) => {
        running.count--;
        settled(undefined, value);
        resolve(value);
      },
      (error: unknown) => {
        running.count--;
        settled(error, undefined);
        reject(error);
      },
    ]);
  });
}
