/** What other extensions are given: the workspace's trace rules and the newest run's requests, each owner's own. */
import type { TraceRule as Known } from '../../model/records';
import type { Row } from '../../model/rows/row';
import { type TraceRules as Registry, TraceRuleError } from '../../model/traceRules';
import type { RowChanges } from '../rows/rows';
import type { Run } from '../runs/run';
import { Emitter } from '../support/emitter';
import { rowsMatching } from './query';
import { type Clock, tracedRequest } from './tracedRequest';
import type { Event, NetTraceApi, NewTraceRule, TracedRequest, TraceRule, TraceRules } from './types';

/** The newest run, and when it changes. */
export interface ApiRuns {
  list(): readonly Pick<Run, 'number' | 'rows' | 'store' | 'offset'>[];
  readonly onDidChange: (listener: (change: RowChanges | 'all') => void) => { dispose(): void };
}

/** `failed`: a listener of the other extension threw. */
export function apiFor(
  owner: string,
  registry: Registry,
  runs: ApiRuns,
  failed: (error: unknown) => void,
): NetTraceApi {
  const safe = safeFor(failed);
  const isOwn = (id: string): boolean => registry.get(id, owner) !== undefined;
  const ownRows = (): Row[] => (runs.list().at(-1)?.rows.all() ?? []).filter((r) => r.traceRules?.some(isOwn));
  /** Ids of others are not reported. */
  const published = (row: Row, clock: Clock): TracedRequest => {
    const traceRules = (row.traceRules ?? []).filter(isOwn);
    return { ...tracedRequest(row, clock), traceRules, traceRequests: traceRules };
  };
  const traceRules = traceRulesOf(owner, registry, runs, safe);
  return Object.freeze({
    owner,
    traceRules,
    traceRequests: traceRules,
    requests: (query = ''): TracedRequest[] => {
      const run = runs.list().at(-1);
      const rows = rowsMatching(ownRows(), query);
      if (typeof rows === 'string') throw new Error(rows);
      return run
        ? rows.map((row) => published(row, { beginTime: run.store.header.beginTime, offset: run.offset }))
        : [];
    },
    onDidChangeRequests: safe((listener: () => void) =>
      runs.onDidChange((change) => {
        if (change === 'all' || change.removed.length > 0 || change.upsert.some((r) => r.traceRules?.some(isOwn)))
          listener();
      }),
    ),
  });
}

type Safe = ReturnType<typeof safeFor>;

function traceRulesOf(owner: string, registry: Registry, runs: ApiRuns, safe: Safe): TraceRules {
  const changed = new Emitter<void>();
  const own = (): readonly Known[] => registry.list(owner);
  let before = JSON.stringify(own());
  // The registry lives as long as the window; an extension asks for its interface once.
  registry.onChange(() => {
    const now = JSON.stringify(own());
    if (now === before) return;
    before = now;
    changed.fire();
  });
  const published = (r: Known): TraceRule => {
    const inRun = runs
      .list()
      .at(-1)
      ?.store.header.traceRequests?.find((t) => t.id === r.id);
    const { id, condition = '', description, limit, sample, enabled = false, createdTime = '' } = r;
    const reached = enabled && inRun?.state === 'limitReached';
    return Object.freeze({
      id,
      condition,
      ...(description === undefined ? {} : { description }),
      ...(limit === undefined ? {} : { limit }),
      ...(sample === undefined ? {} : { sample }),
      enabled,
      createdTime,
      state: reached ? 'limitReached' : (r.state as TraceRule['state']),
    });
  };
  const found = (id: string): Known | undefined => registry.get(id, owner);
  return Object.freeze({
    create: (asked: NewTraceRule) => published(registry.create({ ...onlyKnown(asked), owner })),
    get: (id: string) => {
      const one = found(id);
      return one && published(one);
    },
    list: () => own().map(published),
    update: (id: string, { state, ...change }: { enabled: boolean } & Partial<TraceRule>) => {
      const one = found(id);
      if (one && state !== undefined && state !== published(one).state)
        throw new TraceRuleError('state cannot be changed: only enabled can be.', 'state');
      return published(registry.update(id, change, owner));
    },
    delete: (id: string) => {
      if (!found(id)) return false;
      registry.delete(id, owner);
      return true;
    },
    onDidChange: safe(changed.event),
  });
}

const fields = ['condition', 'description', 'limit', 'sample'] as const;

/** What another extension gives may hold anything; a field that is not known would be lost quietly. */
function onlyKnown(asked: NewTraceRule): NewTraceRule {
  const unknown = Object.keys(asked).find((name) => !(fields as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new TraceRuleError(`There is no field ${unknown}; there are ${fields.join(', ')}.`, unknown);
  return asked;
}

/** A listener that throws harms neither us nor the other listeners. */
const safeFor =
  (failed: (error: unknown) => void) =>
  (event: (listener: () => void) => { dispose(): void }): Event<void> =>
  (listener) =>
    event(() => {
      try {
        listener();
      } catch (error) {
        failed(error);
      }
    });
