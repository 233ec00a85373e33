/** Processes and threads: the lines `proc`, `ctl`, `exit`, and what follows from an end. */
import { offsetOf } from '../base/clock';
import { threadIdOf } from '../base/ids';
import { type LineOf, linesVersion } from '../lines/lines';
import type { Connection, HookCost, Process, Request, Thread, TraceRule } from '../records';
import type { Store } from '../store/store';
import { foldResolverLeft } from './dns';
import type { Isolate } from './types';

/** Folds a file's first line: makes or finds the process and thread. */
export function foldProc(
  store: Store,
  isolates: Map<string, Isolate>,
  line: LineOf<'proc'>,
): Isolate | { error: string } {
  if (line.v !== linesVersion) return { error: `the file is of version ${line.v}; this one reads ${linesVersion}` };
  const begin = store.header.beginMonotonicNs;
  if (begin === undefined) return { error: 'the trace has no monotonic anchor' };
  if (line.trace !== store.header.id) return { error: `the file belongs to another trace (${line.trace})` };
  const key = `${line.pid}-${line.tid}-${line.monotonicNs}`;
  const known = isolates.get(key);
  if (known) return known;

  const offset = offsetOf(line.monotonicNs, begin);
  const process = processFor(store, line, offset);
  const thread: Thread = {
    id: threadIdOf(process.id, line.tid),
    threadId: line.tid,
    kind: line.tid === 0 ? 'main' : 'worker',
    beginAt: offset,
    clockOffset: offset,
    ...(line.parts ? { parts: line.parts } : {}),
    ...(line.hook !== undefined ? { hook: line.hook } : {}),
  };
  const threads = [...process.threads, thread].sort((a, b) => a.threadId - b.threadId);
  store.setProcess({ ...process, startAt: Math.min(process.startAt, offset), threads });
  adopt(store, process.id);
  settle(store, line);
  noteHook(store, line, offset);
  const isolate: Isolate = { process: process.id, thread: thread.id, offset, sources: new Map(), enabled: [] };
  isolates.set(key, isolate);
  return isolate;
}

/** The process of this pid that has no such thread yet, or a new one: the pid may come again in one trace. */
function processFor(store: Store, line: LineOf<'proc'>, offset: number): Process {
  const same = [...store.processes.values()].filter((p) => p.pid === line.pid);
  const open = same.findLast((p) => !p.threads.some((t) => t.threadId === line.tid));
  const argv = line.argv;
  const fields = {
    pid: line.pid,
    ...(line.ppid !== undefined ? { ppid: line.ppid } : {}),
    ...(argv ? { argv } : {}),
    ...(argv?.[1] !== undefined ? { entry: argv[1] } : {}),
    ...(line.title !== undefined ? { title: line.title } : {}),
    ...(line.runtime ? { runtime: line.runtime } : {}),
    ...(line.proxyEnvironment ? { proxyEnvironment: line.proxyEnvironment } : {}),
  };
  // A worker's own argv says less than the main thread's.
  if (open) return line.tid === 0 ? { ...open, ...fields } : open;
  const id = same.length === 0 ? String(line.pid) : `${line.pid}.${same.length + 1}`;
  const before = same.at(-1);
  if (before && before.end === undefined) replace(store, before);
  return { id, ...fields, startAt: offset, threads: [] };
}

/** A pid is one process's at a time: this one became another program (execve), or has ended without a word. */
function replace(store: Store, process: Process): void {
  for (const thread of process.threads) endThread(store, thread.id, thread.endAt);
  store.setProcess({ ...process, end: 'replaced' });
}

/** Sets `parent` in both directions: whichever of the two is seen first. */
function adopt(store: Store, id: string): void {
  for (const p of store.processes.values()) {
    if (p.parent !== undefined || p.ppid === undefined) continue;
    const parent = [...store.processes.values()].findLast(
      (q) => q.pid === p.ppid && q.id !== p.id && q.startAt <= p.startAt,
    );
    if (parent && (p.id === id || parent.id === id)) store.setProcess({ ...p, parent: parent.id });
  }
}

/** The hook's own word on what it records, and under which settings. */
function noteHook(store: Store, line: LineOf<'proc'>, offset: number): void {
  const { header } = store;
  const before = header.sources.find((s) => s.name === 'hook');
  const features = [...new Set([...(before?.features ?? []), ...(line.parts ?? [])])].sort();
  const hook = { name: 'hook', state: 'on', features, fromAt: Math.min(before?.fromAt ?? offset, offset) } as const;
  store.setSource(hook);
  if (line.settings) store.setHeader({ settings: { ...line.settings, ...header.settings } });
}

/** Lists of children are short: what starts thousands without the hook is named by the first ones. */
const maxChildren = 32;

/** A child or thread that may not have the hook: it is named until it reports, or what it started does. */
export function foldChild(store: Store, isolate: Isolate, { pid, threadId, argv, why }: LineOf<'child'>): void {
  const p = store.processes.get(isolate.process);
  const before = p?.untracedChildren ?? [];
  if (!p || before.length >= maxChildren) return;
  if (threadId !== undefined) {
    if (p.threads.some((t) => t.threadId === threadId)) return;
    store.setProcess({ ...p, untracedChildren: [...before, { pid, threadId, argv, why }] });
    return;
  }
  if ([...store.processes.values()].some((q) => q.id !== p.id && (q.pid === pid || q.ppid === pid))) return;
  store.setProcess({ ...p, untracedChildren: [...before, { pid, argv, why }] });
}

/** The process that a shell became, or that it started; the thread. */
function settle(store: Store, { pid, ppid, tid }: LineOf<'proc'>): void {
  for (const p of store.processes.values()) {
    const left = p.untracedChildren?.filter((c) =>
      c.threadId === undefined ? c.pid !== pid && c.pid !== ppid : c.pid !== pid || c.threadId !== tid,
    );
    if (left === undefined || left.length === p.untracedChildren?.length) continue;
    const { untracedChildren: _, ...rest } = p;
    store.setProcess(left.length > 0 ? { ...rest, untracedChildren: left } : rest);
  }
}

function updateThread(store: Store, isolate: Isolate, change: (t: Thread) => Thread): void {
  const process = store.processes.get(isolate.process);
  if (!process) return;
  store.setProcess({ ...process, threads: process.threads.map((t) => (t.id === isolate.thread ? change(t) : t)) });
}

export function foldControl(store: Store, isolate: Isolate, line: LineOf<'ctl'>): void {
  if (line.reason === 'fault') {
    const fault = {
      at: line.at + isolate.offset,
      ...(line.part !== undefined ? { part: line.part } : {}),
      ...(line.message !== undefined ? { message: line.message } : {}),
    };
    updateThread(store, isolate, (t) => ({ ...t, faults: [...(t.faults ?? []), fault].slice(-32) }));
  }
  if (line.cost) foldCost(store, isolate, line.cost);
  if (line.reason === 'resolver') foldResolverLeft(store, line.message);
  if (line.reason === 'detached') leaveThread(store, isolate.thread);
  if (line.limits) reachLimits(store, line.limits);
  if (!line.enabled) return;
  isolate.enabled = line.enabled;
  const control = { enabled: line.enabled, ...(line.generation !== undefined ? { generation: line.generation } : {}) };
  updateThread(store, isolate, (t) => ({ ...t, control }));
}

function foldCost(store: Store, isolate: Isolate, cost: HookCost): void {
  updateThread(store, isolate, (t) => ({ ...t, hookCost: cost }));
}

function reachLimits(store: Store, ids: readonly string[]): void {
  const { traceRequests } = store.header;
  if (!traceRequests) return;
  const reached = (r: TraceRule): TraceRule => (ids.includes(r.id) ? { ...r, state: 'limitReached' } : r);
  store.header = { ...store.header, traceRequests: traceRequests.map(reached) };
  store.touch();
}

/** Requests without a record: sums of the isolate, so that what is new is what they have grown by. */
export function foldCount(store: Store, isolate: Isolate, { requests, failed, untraced }: LineOf<'count'>): void {
  const before = isolate.counted ?? { requests: 0, failed: 0, untraced: 0 };
  isolate.counted = { requests, failed, untraced };
  const counted = Math.max(0, requests - before.requests);
  const { counts } = store;
  // Fewer: one of them is reported after all.
  const left = Math.max(0, (counts.untraced ?? 0) + untraced - before.untraced);
  store.counts = {
    ...counts,
    requests: counts.requests + counted,
    failed: counts.failed + Math.max(0, failed - before.failed),
    ...(counted > 0 ? { counted: (counts.counted ?? 0) + counted } : {}),
    ...(left > 0 || counts.untraced !== undefined ? { untraced: left } : {}),
  };
  store.touch();
}

export function foldExit(store: Store, isolate: Isolate, line: LineOf<'exit'>): void {
  const at = line.at + isolate.offset;
  updateThread(store, isolate, (t) => ({ ...t, endAt: at }));
  if (line.cost) foldCost(store, isolate, line.cost);
  endThread(store, isolate.thread, at);
  const process = store.processes.get(isolate.process);
  if (!process || !isolate.thread.endsWith('-0')) return;
  store.setProcess({ ...process, endAt: at, ...(line.code !== undefined ? { exitCode: line.code } : {}), end: 'exit' });
}

/** How the host saw a process end. */
export interface ProcessEnd {
  exitCode?: number;
  signal?: string;
  /** µs since the trace began; absent when not known. */
  at?: number;
}

/**
 * What the host knows of a process's end, after all its lines were folded. What still ran was interrupted: by the
 * process's own exit if its `exit` line reported one, else by something that left no word.
 */
export function foldEnd(store: Store, pid: number, end: ProcessEnd = {}): void {
  const process = [...store.processes.values()].findLast((p) => p.pid === pid);
  if (!process) return;
  const exit = process.threads.find((t) => t.threadId === 0)?.endAt;
  for (const thread of process.threads) endThread(store, thread.id, thread.endAt ?? exit);
  store.setProcess({
    ...process,
    ...(process.endAt === undefined && end.at !== undefined ? { endAt: end.at } : {}),
    ...(process.exitCode === undefined && end.exitCode !== undefined ? { exitCode: end.exitCode } : {}),
    ...(end.signal !== undefined ? { signal: end.signal } : {}),
    end: process.end ?? (end.signal !== undefined ? 'killed' : end.exitCode !== undefined ? 'exit' : 'lost'),
  });
}

/** The host stops following a process that goes on: how what runs there will end is not known. */
export function foldLeft(store: Store, pid: number): void {
  const process = [...store.processes.values()].findLast((p) => p.pid === pid);
  for (const thread of process?.threads ?? []) leaveThread(store, thread.id);
}

/** Ends what still runs in a thread: with its instant if the thread reported its end, else without. */
function endThread(store: Store, thread: string, at: number | undefined): void {
  for (const r of store.requests.values()) {
    if (r.thread !== thread || r.outcome !== undefined) continue;
    // Nobody took its end, but with the head all of it was there (needle, when it follows a redirect).
    if (r.sendEndAt !== undefined && r.responseBeginAt !== undefined && hasNoBody(r))
      store.setRequest({ ...r, outcome: 'complete', endAt: r.responseBeginAt });
    else if (at === undefined) store.setRequest({ ...r, outcome: 'interrupted' });
    else
      store.setRequest({
        ...r,
        outcome: bodyUnread(r) ? 'notRead' : 'processExit',
        endAt: Math.max(at, r.createdAt ?? at),
      });
  }
  for (const r of store.incoming.values()) {
    if (r.thread !== thread || r.outcome !== undefined) continue;
    store.setIncoming(
      at === undefined ? { ...r, outcome: 'interrupted' } : { ...r, outcome: 'processExit', endAt: at },
    );
  }
  if (at === undefined) return;
  for (const c of store.connections.values()) {
    const open =
      c.thread === thread && c.closedAt === undefined && c.closedBy === undefined && c.connect?.result === 'connected';
    if (open) store.setConnection({ ...c, closedBy: 'processExit' } satisfies Connection);
  }
}

/** The hook has left or is followed no more, and the program goes on: how what runs ended is not known. */
function leaveThread(store: Store, thread: string): void {
  const cut = { outcome: 'interrupted', missing: { endAt: 'detached' } } as const;
  for (const r of [...store.requests.values()])
    if (r.thread === thread && r.outcome === undefined) store.setRequest({ ...r, ...cut });
  for (const r of [...store.incoming.values()])
    if (r.thread === thread && r.outcome === undefined) store.setIncoming({ ...r, ...cut });
}

/** The head came, a body was due, and nobody took any of it. */
function bodyUnread(r: Request): boolean {
  const { response } = r;
  if (r.responseBeginAt === undefined || !response || hasNoBody(r) || (response.status ?? 200) < 200) return false;
  return response.readBeginAt === undefined && (response.readBytes ?? 0) === 0;
}

/** The final response ends with its head. */
function hasNoBody({ method, response }: Request): boolean {
  const status = response?.status ?? 0;
  if (status < 200 || method === 'CONNECT') return false;
  return method === 'HEAD' || status === 204 || status === 304 || response?.declaredBytes === 0;
}
