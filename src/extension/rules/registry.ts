/**
 * The workspace's trace rules: one registry for all runs, kept in the workspace. Loaded when first needed, as it brings
 * the schemas with it. One of them, made here, asks for everything; it can be switched off but not deleted.
 */

import { messageOf } from '../../model/base/text';
import type { TraceRule } from '../../model/records';
import type { NewTraceRule, TraceRules } from '../../model/traceRules';
import { Emitter } from '../support/emitter';

/** Where they are kept; of the workspace. */
export interface Memory {
  get(): unknown;
  set(value: unknown): void;
}

interface Saved {
  v: 1;
  /** Id of the one for everything. */
  everything: string;
  requests: readonly TraceRule[];
}

export class WorkspaceRules {
  readonly #changed = new Emitter<void>();
  #loading: Promise<TraceRules> | undefined;
  #everything = '';
  #loaded: TraceRules | undefined;

  /** After each change, by whomever. */
  readonly onDidChange = this.#changed.event;

  readonly #memory: Memory;
  readonly #import: () => Promise<{ TraceRules: typeof TraceRules }>;
  readonly #refused: (count: number) => void;

  constructor(
    memory: Memory,
    load: () => Promise<{ TraceRules: typeof TraceRules }>,
    refused: (count: number) => void,
  ) {
    this.#memory = memory;
    this.#import = load;
    this.#refused = refused;
  }

  registry(): Promise<TraceRules> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** What there is, once it is loaded; before that, none was changed in this window. */
  get loaded(): TraceRules | undefined {
    return this.#loaded;
  }

  /** Loads what an earlier window kept; a workspace without kept rules needs no loading. */
  loadKept(): void {
    if (this.#memory.get() !== undefined) void this.registry().then(() => this.#changed.fire());
  }

  /** What `create` would refuse, in words. */
  async checks(): Promise<(asked: NewTraceRule) => string | undefined> {
    const { TraceRules } = await this.#import();
    return (asked) => {
      try {
        new TraceRules().create(asked);
        return undefined;
      } catch (error) {
        return messageOf(error);
      }
    };
  }

  /** Is it the one for everything? Known once they are loaded. */
  isEverything(rule: Pick<TraceRule, 'id'>): boolean {
    return rule.id === this.#everything;
  }

  async #load(): Promise<TraceRules> {
    const { TraceRules } = await this.#import();
    const registry = TraceRules.everything();
    const saved = this.#memory.get() as Partial<Saved> | undefined;
    if (saved?.v === 1) {
      const fresh = registry.save();
      const { refused } = registry.load(saved.requests);
      if (refused > 0) this.#refused(refused);
      // Without the one for everything nobody could ask for everything again.
      const kept = registry.list().some((r) => r.id === saved.everything);
      if (!kept) registry.load([...fresh, ...registry.save()]);
      this.#everything = kept ? (saved.everything as string) : (fresh[0]?.id ?? '');
    } else this.#everything = registry.list()[0]?.id ?? '';
    registry.onChange(() => {
      const value: Saved = { v: 1, everything: this.#everything, requests: registry.save() };
      this.#memory.set(value);
      this.#changed.fire();
    });
    this.#loaded = registry;
    return registry;
  }
}
