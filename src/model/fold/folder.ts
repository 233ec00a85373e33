/**
 * The reducer: event lines in, records out. Total (never throws on any line), idempotent for a position that was read
 * before, tolerant of missing lines; the order in which different files are folded does not change the records.
 * It reads no clock and does no input or output.
 */

import { recordIdOf } from '../base/ids';
import { type KnownLine, parseLine } from '../lines/lines';
import type { Loss } from '../records';
import type { Store } from '../store/store';
import { foldBody } from './body';
import { hitOf } from './breakpoint';
import {
  foldCertificate,
  foldClose,
  foldConnection,
  foldDial,
  foldLookup,
  foldTls,
  foldTunnel,
  foldUpgrade,
} from './connection';
import { foldDns } from './dns';
import { foldChild, foldControl, foldCount, foldEnd, foldExit, foldLeft, foldProc, type ProcessEnd } from './isolate';
import { type KernelFact, KernelFold } from './kernel';
import { foldOperations } from './operations';
import { foldHeaders, foldMore, foldRequest, foldSites, foldStack } from './request';
import type { Isolate } from './types';

/** Position of a line in its file: a line that was folded before is skipped. */
export interface Position {
  /** Name of the spool file. */
  file: string;
  /** Offset of the line's first byte. */
  offset: number;
}

interface FileState {
  isolate?: Isolate;
  /** Offset below which all was folded. */
  next: number;
  /** Why its lines are not read: it is of another trace, or of another version. */
  refused?: string;
}

/** Most entries of one isolate's table of call sites that are kept. */
const sourceLimit = 20_000;

/** Folds the lines of one trace into a store. */
export class Folder {
  readonly #isolates = new Map<string, Isolate>();
  readonly #files = new Map<string, FileState>();

  readonly #kernel: KernelFold;

  constructor(readonly store: Store) {
    this.#kernel = new KernelFold(store);
  }

  /** Folds one line. What cannot be used is counted as a loss, with the reason, and what was read before stays. */
  fold(text: string, position: Position): void {
    const file: FileState = this.#files.get(position.file) ?? { next: 0 };
    this.#files.set(position.file, file);
    if (position.offset < file.next) return;
    file.next = position.offset + 1;
    const parsed = parseLine(text);
    if ('error' in parsed) return this.#lose('torn', parsed.error, file.isolate);
    if ('unknown' in parsed)
      return this.#lose('dropped', `unknown line kind ${String(parsed.unknown.k).slice(0, 32)}`, file.isolate);
    const { line } = parsed;
    if (line.k === 'proc') {
      const found = foldProc(this.store, this.#isolates, line);
      if ('error' in found) {
        file.refused = found.error;
        this.#lose('dropped', found.error);
      } else file.isolate = found;
      return;
    }
    if (file.refused !== undefined) return this.#lose('dropped', file.refused);
    if (!file.isolate) return this.#lose('dropped', 'the file does not begin with a proc line');
    this.#dispatch(file.isolate, line);
  }

  #dispatch(isolate: Isolate, line: Exclude<KnownLine, { k: 'proc' }>): void {
    const { store } = this;
    switch (line.k) {
      case 'req':
      case 'head':
      case 'mark':
      case 'end':
        foldRequest(store, isolate, line);
        return this.#kernel.request(recordIdOf(isolate.thread, line.id));
      case 'src':
        if (isolate.sources.size >= sourceLimit) isolate.sources.clear();
        isolate.sources.set(line.n, line);
        return;
      case 'site':
        return foldSites(store, isolate, line);
      case 'stack':
        return foldStack(store, isolate, line);
      case 'more':
        return foldMore(store, isolate, line);
      case 'body':
        return foldBody(store, isolate, line);
      case 'hdr':
        return foldHeaders(store, isolate, line);
      case 'dial':
        return foldDial(store, isolate, line);
      case 'lookup':
        foldLookup(store, isolate, line);
        return this.#kernel.lookup(recordIdOf(isolate.thread, line.id));
      case 'dns':
        return foldDns(store, isolate, line);
      case 'conn':
        return foldConnection(store, isolate, line);
      case 'tls':
        return foldTls(store, isolate, line);
      case 'cert':
        return foldCertificate(store, line);
      case 'tunnel':
        return foldTunnel(store, isolate, line);
      case 'close':
        return foldClose(store, isolate, line);
      case 'ops':
        return foldOperations(store, isolate, line);
      case 'upg':
        return foldUpgrade(store, isolate, line);
      case 'ctl':
        return foldControl(store, isolate, line);
      case 'count':
        return foldCount(store, isolate, line);
      case 'brk':
        return store.addBreakpointHit(hitOf(isolate, line));
      case 'loss':
        return this.#foldLoss(isolate, line);
      case 'child':
        return foldChild(store, isolate, line);
      case 'exit':
        return foldExit(store, isolate, line);
    }
  }

  #foldLoss(isolate: Isolate, line: Extract<KnownLine, { k: 'loss' }>): void {
    const { k: _, beginAt, endAt, kind, ...rest } = line;
    this.store.addLoss({
      source: 'hook',
      kind: kind ?? 'dropped',
      ...rest,
      thread: isolate.thread,
      ...(beginAt !== undefined ? { beginAt: beginAt + isolate.offset } : {}),
      ...(endAt !== undefined ? { endAt: endAt + isolate.offset } : {}),
    });
  }

  #lose(kind: Loss['kind'], reason: string, isolate?: Isolate): void {
    this.store.addLoss({
      source: 'session',
      what: 'lines',
      kind,
      count: 1,
      reason,
      ...(isolate ? { thread: isolate.thread } : {}),
    });
  }

  /** Folds one fact of the kernel. */
  kernel(fact: KernelFact): void {
    this.#kernel.fold(fact);
  }

  /** What the host knows of the end of a process, once its files were read to the end. */
  end(pid: number, end?: ProcessEnd): void {
    foldEnd(this.store, pid, end);
  }

  /** A process goes on, and nothing more of it will be read. */
  left(pid: number): void {
    foldLeft(this.store, pid);
  }
}
