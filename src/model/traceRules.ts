/**
 * What the user asked to be traced, by the rules of MidoNet: creating does not enable; an update may change nothing but
 * `enabled`; who owns a trace rule sees it, and no one else's.
 */
import { Value } from 'typebox/value';
import { type FieldName, parseQuery, type Query } from './query';
import { type TraceRule, traceRule } from './records';

/** What `create` takes. */
export interface NewTraceRule {
  /** In the user's words. */
  description?: string;
  /** Where it holds: a process (number, or part of its entry's path) or a thread of it; absent: everywhere. */
  target?: { process?: string; thread?: string };
  /** Query, as in the filter box; "" = every request. */
  condition: string;
  /** Most requests traced a process; absent: no limit. */
  limit?: number;
  /** Every so many-th match in detail, the others counted; absent: 1, all. */
  sample?: number;
  /** Absent: the user. */
  owner?: string;
}

/** A rule was broken; nothing has changed. */
export class TraceRuleError extends Error {
  constructor(
    message: string,
    /** The field that was refused, if it was one. */
    readonly field?: string,
    /** Column (from 1) in the condition where it stops making sense. */
    readonly column?: number,
  ) {
    super(message);
    this.name = 'TraceRuleError';
  }
}

/** Most trace rules of one registry: each is looked at for every request of the program. */
const max = 256;
const longestText = 4096;

/** Keys of queries that no single request knows of itself: comparisons, numbers of the trace, states that pass. */
export const onlyInTrace: ReadonlySet<FieldName> = new Set<FieldName>([
  'started',
  'setup',
  'queue',
  'proxy',
  'send',
  'connection',
  'request',
  'test',
  'trace-rule',
  'run',
  'queued',
  'open',
  'streaming',
  'sent-by-you',
]);

function keysOf(query: Query): FieldName[] {
  if (query.is === 'term') return [query.key];
  return query.is === 'not' ? keysOf(query.of) : query.of.flatMap(keysOf);
}

interface Sources {
  /** RFC 3339. */
  now(): string;
  uuid(): string;
}

interface EverythingOptions extends Pick<NewTraceRule, 'limit' | 'sample'> {
  /** Default true. */
  enabled?: boolean;
}

/** Node's and the browser's, the one thing of either that the model uses: said here, as it is compiled with the types of neither. */
declare const crypto: { randomUUID(): string };

const defaults: Sources = { now: () => new Date().toISOString(), uuid: () => crypto.randomUUID() };

/** One place for all trace rules; `of` narrows it to an owner's. */
export class TraceRules {
  readonly #all = new Map<string, TraceRule>();
  readonly #listeners = new Set<() => void>();
  readonly #sources: Sources;

  constructor(sources: Sources = defaults) {
    this.#sources = sources;
  }

  /** A registry whose only trace rule asks for everything: what holds until the user says otherwise. */
  static everything({ enabled = true, ...fields }: EverythingOptions = {}): TraceRules {
    const registry = new TraceRules();
    const { id } = registry.create({ description: 'All requests', condition: '', ...fields });
    if (enabled) registry.update(id, { enabled });
    return registry;
  }

  /** Not enabled. Throws TraceRuleError: the condition is invalid, a number is out of range, there are too many. */
  create(asked: NewTraceRule): TraceRule {
    const { description, target, condition, limit, sample, owner } = checked(asked);
    if (this.#all.size >= max) throw new TraceRuleError(`There are ${max} trace rules already: delete some.`);
    const made: TraceRule = {
      id: this.#sources.uuid(),
      ...(description !== undefined ? { description } : {}),
      ...(target !== undefined ? { target: { ...target } } : {}),
      condition,
      ...(limit !== undefined ? { limit } : {}),
      ...(sample !== undefined ? { sample } : {}),
      enabled: false,
      createdTime: this.#sources.now(),
      ...(owner !== undefined ? { owner } : {}),
      state: 'created',
    };
    this.#all.set(made.id, made);
    this.#emit();
    return made;
  }

  /** Undefined: there is none, or another's. */
  get(id: string, owner?: string): TraceRule | undefined {
    const found = this.#all.get(id);
    return found !== undefined && isSeenBy(found, owner) ? found : undefined;
  }

  /** In the order of their creation. `owner`: only this one's; absent: all. */
  list(owner?: string): readonly TraceRule[] {
    return [...this.#all.values()].filter((r) => isSeenBy(r, owner));
  }

  /** `change` may hold fields as they are, and another `enabled`. Throws TraceRuleError, naming the first other one. */
  update(id: string, change: Partial<TraceRule>, owner?: string): TraceRule {
    const before = this.#found(id, owner);
    const now = before as Record<string, unknown>;
    for (const [field, value] of Object.entries(change)) {
      if (field === 'enabled' || sameData(value, now[field])) continue;
      throw new TraceRuleError(
        `${field} cannot be changed: only enabled can. Delete it, and create another one.`,
        field,
      );
    }
    const { enabled } = change;
    if (enabled !== undefined && typeof enabled !== 'boolean')
      throw new TraceRuleError('enabled must be true or false.', 'enabled');
    if (enabled === undefined || enabled === before.enabled) return before;
    const after: TraceRule = { ...before, enabled, state: enabled ? 'enabled' : 'disabled' };
    this.#all.set(id, after);
    this.#emit();
    return after;
  }

  /** Throws TraceRuleError: there is none. */
  delete(id: string, owner?: string): void {
    this.#found(id, owner);
    this.#all.delete(id);
    this.#emit();
  }

  /** Calls `f` after each change. Returns what takes it back. */
  onChange(f: () => void): () => void {
    this.#listeners.add(f);
    return () => this.#listeners.delete(f);
  }

  /** Plain data, for `load`. */
  save(): TraceRule[] {
    return this.list().map((r) => ({ ...r }));
  }

  /**
   * Takes the place of all there is. Entries that are invalid are left out: how many. One that was enabled is enabled.
   * `data` may be anything.
   */
  load(data: unknown): { refused: number } {
    const entries = Array.isArray(data) ? data : [];
    let refused = Array.isArray(data) || data === undefined ? 0 : 1;
    this.#all.clear();
    for (const entry of entries) {
      const loaded = this.#all.size < max ? loadedFrom(entry) : undefined;
      if (loaded === undefined || this.#all.has(loaded.id)) refused++;
      else this.#all.set(loaded.id, loaded);
    }
    this.#emit();
    return { refused };
  }

  #found(id: string, owner: string | undefined): TraceRule {
    const found = this.get(id, owner);
    if (found === undefined) throw new TraceRuleError(`There is no trace rule ${id}.`, 'id');
    return found;
  }

  #emit(): void {
    for (const f of [...this.#listeners]) f();
  }
}

const isSeenBy = (r: TraceRule, owner: string | undefined): boolean => owner === undefined || r.owner === owner;

/** Of plain data. */
const sameData = (a: unknown, b: unknown): boolean => a === b || Value.Equal(a as never, b as never);

function checked(asked: NewTraceRule): NewTraceRule {
  const { condition, description, limit, sample, target, owner } = asked;
  if (typeof condition !== 'string') throw new TraceRuleError('condition has to be a text.', 'condition');
  for (const [field, text] of Object.entries({ condition, description, owner }))
    if (text !== undefined && (typeof text !== 'string' || text.length > longestText))
      throw new TraceRuleError(`${field} has to be a text of at most ${longestText} characters.`, field);
  const parsed = parseQuery(condition);
  if (parsed.error) throw new TraceRuleError(`condition: ${parsed.error.message}`, 'condition', parsed.error.column);
  const unknown = keysOf(parsed.query).find((key) => onlyInTrace.has(key));
  if (unknown !== undefined)
    throw new TraceRuleError(
      `condition: ${unknown} is known in a trace only, not while a request is made. Filter the trace by it instead.`,
      'condition',
    );
  for (const [field, n] of Object.entries({ limit, sample }))
    if (n !== undefined && !(Number.isSafeInteger(n) && n >= 1 && n <= 1e9))
      throw new TraceRuleError(`${field} has to be a whole number from 1 to 1,000,000,000.`, field);
  checkTarget(target);
  return asked;
}

function checkTarget(target: unknown): void {
  if (target === undefined) return;
  const entries = typeof target === 'object' && target !== null ? Object.entries(target) : [];
  const known = entries.every(([k, v]) => (k === 'process' || k === 'thread') && typeof v === 'string' && v !== '');
  if (entries.length === 0 || !known)
    throw new TraceRuleError('target names a process, a thread, or both, as texts.', 'target');
}

function loadedFrom(entry: unknown): TraceRule | undefined {
  if (!Value.Check(traceRule, entry)) return undefined;
  const { id, description, target, condition = '', limit, sample, enabled = false, createdTime, owner } = entry;
  try {
    checked({ condition, ...defined({ description, target, limit, sample, owner }) });
  } catch {
    return undefined;
  }
  const state = enabled ? 'enabled' : entry.state === 'disabled' ? 'disabled' : 'created';
  return { id, condition, enabled, state, ...defined({ description, target, limit, sample, createdTime, owner }) };
}

/** Without the fields that are absent. */
function defined<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== undefined)) as never;
}
