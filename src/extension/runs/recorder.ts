/** The part of a TraceSession (src/session) that the extension uses; tests give a simpler one. */
import type { Spill } from '../../formats';
import type { PacketsToSave } from '../../model/facts/packets';
import type { Trace } from '../../model/records';
import type { Store } from '../../model/store/store';
import type { SessionControl } from '../../session/control/writer';

/** Most bytes on the disk of what a run's store lets go: a program may be debugged for days. About a million requests. */
export const maxEvictedBytes = 2 ** 30;

export interface Recorder {
  readonly id: string;
  readonly store: Store;
  /** What the store lets go; absent: it is lost, but for the counts. */
  readonly evicted?: Spill;
  /** Path that NODE_OPTIONS preloads. */
  readonly hook: string;
  readonly spoolFolder: string;
  /** What its programs trace, and where they stop. */
  readonly control?: SessionControl;
  /** What the user should know of how it was set up. */
  readonly notices?: readonly string[];
  environment(base: Record<string, string | undefined>): Record<string, string>;
  onDidChange(listener: () => void): () => void;
  poll(): Promise<void>;
  /** Programs that were attached to are left; resolves when they have been. */
  release?(): Promise<void>;
  /** `graceMs`: for a program that is being ended, to be gone. */
  finish(state: 'ended' | 'interrupted', graceMs: number): Promise<void>;
  document(): Trace;
  /** Packets, of one request or all; undefined: there are none to be saved. */
  packetsToSave?(options: { request?: string; keys?: boolean }): (PacketsToSave & { count: number }) | undefined;
  dispose(): Promise<void>;
}
