/** The interface between the hook and its resolver, which is a separate file that is loaded only when enabled. */

import type { Exchange } from '../../records/dns/exchange';
import type { ResolverFiles } from '../../runtime/settings';

/** What the hook does for the resolver. */
export interface Host {
  now(): number;
  /** Sockets made inside are not the program's. */
  unseen<T>(f: () => T): T;
  exchange(transport: 'udp' | 'tcp', address: string, port: number): Exchange;
  setTimer(f: () => void, ms: number): unknown;
  clearTimer(timer: unknown): void;
  /** Runs it in the next turn of the loop, which waits for it. */
  soon(f: () => void): void;
  read(file: string): string;
  /** The resolver has made an error. */
  failed(error: unknown): void;
  /** When the file was changed; NaN: there is none. */
  changed(file: string): number;
  files: ResolverFiles;
}

export interface Request {
  hostname: string;
  /** 4, 6, or 0: both. */
  family: number;
  /** Only families that this machine has an address of. */
  addressConfig: boolean;
}

export interface Found {
  address: string;
  family: number;
  ttl?: number;
}

/** How a lookup ended. */
export interface Outcome {
  answeredBy: 'hosts' | 'network' | '';
  /** In the order of the system's own lookup. */
  addresses: Found[];
  /** Code of the error; '': none. */
  code: '' | 'ENOTFOUND' | 'EAI_AGAIN';
  /** The servers' word; '': none answered. */
  rcode: string;
  servers: string[];
  skipped: { server: string; why: string }[];
  exchanges: Exchange[];
}

export interface Resolver {
  /**
   * Begins a lookup; or says why it is the system's, and does nothing. `done` must not throw; without an outcome the
   * resolver has failed, and the system is to be asked.
   */
  lookup(request: Request, done: (outcome: Outcome | undefined) => void): string | undefined;
}
