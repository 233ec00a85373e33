/** The part of a TraceSession (src/session) that the extension uses; tests give a simpler one. */
import type { Trace } from '../model/records';
import type { Store } from '../model/store';

export interface Recorder {
  readonly id: string;
  readonly store: Store;
  /** Path that NODE_OPTIONS preloads. */
  readonly hook: string;
  readonly spoolFolder: string;
  environment(base: Record<string, string | undefined>): Record<string, string>;
  onDidChange(listener: () => void): () => void;
  poll(): Promise<void>;
  finish(state: 'ended' | 'interrupted'): Promise<void>;
  document(): Trace;
  dispose(): Promise<void>;
}
