/** What other extensions are given: the workspace's trace requests and the newest run's requests, each owner's own. */
import type { TraceRequest as Known } from '../../model/records';
import type { Row } from '../../model/rows/row';
import { type TraceRequests as Registry, TraceRequestError } from '../../model/traceRequests';
import type { RowChanges } from '../rows/rows';
import type { Run } from '../runs/run';
import { Emitter } from '../support/emitter';
import { rowsMatching } from './query';
import { type Clock, tracedRequest } from './tracedRequest';
import type { Event, NetTraceApi, NewTraceRequest, TracedRequest, TraceRequest, TraceRequests } from './types';

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
  const ownRows = (): Row[] => (runs.list().at(-1)?.rows.all() ?? []).filter((r) => r.traceRequests?.some(isOwn));
  /** Ids of others are not reported. */
  const published = (row: Row, clock: Clock): TracedRequest => ({
    ...tracedRequest(row, clock),
    traceRequests: (row.traceRequests ?? []).filter(isOwn),
  });
  return Object.freeze({
    owner,
    traceRequests: traceRequestsOf(owner, registry, runs, safe),
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
        if (change === 'all' || change.removed.length > 0 || change.upsert.some((r) => r.traceRequests?.some(isOwn)))
          listener();
      }),
    ),
  });
}

type Safe = ReturnType<typeof safeFor>;

function traceRequestsOf(owner: string, registry: Registry, runs: ApiRuns, safe: Safe): TraceRequests {
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
  const published = (r: Known): TraceRequest => {
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
      state: reached ? 'limitReached' : (r.state as TraceRequest['state']),
    });
  };
  const found = (id: string): Known | undefined => registry.get(id, owner);
  return Object.freeze({
    create: (asked: NewTraceRequest) => published(registry.create({ ...onlyKnown(asked), owner })),
    get: (id: string) => {
      const one = found(id);
      return one && published(one);
    },
    list: () => own().map(published),
    update: (id: string, { state, ...change }: { enabled: boolean } & Partial<TraceRequest>) => {
      const one = found(id);
      if (one && state !== undefined && state !== published(one).state)
        throw new TraceRequestError('state cannot be changed: only enabled can.', 'state');
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
function onlyKnown(asked: NewTraceRequest): NewTraceRequest {
  const unknown = Object.keys(asked).find((name) => !(fields as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new TraceRequestError(`There is no field ${unknown}; there are ${fields.join(', ')}.`, unknown);
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
