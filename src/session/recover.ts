/**
 * A trace from a spool whose session died: killed, or its machine went down. The event lines are on disk; what only the
 * session knew (its settings, how processes ended) is not, and stays absent.
 */

import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { timeTextOf } from '../model/base/clock';
import { documentOf } from '../model/document';
import { Folder } from '../model/fold/folder';
import { linesVersion, parseLine } from '../model/lines/lines';
import type { Trace } from '../model/records';
import { newHeader, Store } from '../model/store/store';
import { producer } from './product';
import { isAlive } from './spool/folders';
import { openOwnFile } from './spool/ownFiles';
import { SpoolReader } from './spool/reader';

export interface RecoverOptions {
  /** It is read for the last time: what runs in a program that goes on is not known any further. Default: false. */
  final?: boolean;
  /** Its session runs: what is written now is no loss, and the trace goes on. Default: false. */
  live?: boolean;
}

/** The programs that wrote the spool had a hook of another version, whose lines cannot be read. */
export class OtherVersion extends Error {
  constructor(version: number) {
    super(`The event files are of version ${version}; this Net Trace reads version ${linesVersion}.`);
  }
}

/**
 * The spool's trace; undefined if no file in the folder begins as the hook's do. The folder is left as it is. Rejects
 * with `OtherVersion` if no file can be read.
 */
export async function recoverTrace(folder: string, options: RecoverOptions = {}): Promise<Trace | undefined> {
  const first = await firstProcess(folder);
  if (first === undefined) return undefined;
  // Instant 0 is the first hook's begin: when the session began nobody knows any more.
  const anchor = { time: timeTextOf(first.wallMs), monotonicNs: first.monotonicNs };
  const store = new Store(newHeader(first.trace, anchor, producer), Number.POSITIVE_INFINITY);
  const lines = new Folder(store);
  const reader = new SpoolReader(
    folder,
    {
      line: (text, position) => lines.fold(text, position),
      loss: (loss) => store.addLoss({ source: 'session', what: 'lines', ...loss }),
    },
    true,
  );
  await reader.read();
  if (options.live) return documentOf(store);
  reader.ended();
  for (const p of [...store.processes.values()]) {
    if (p.end !== undefined) continue;
    if (!isAlive(p.pid)) lines.end(p.pid);
    else if (options.final) lines.left(p.pid);
  }
  store.header = { ...store.header, state: 'interrupted' };
  return documentOf(store);
}

interface First {
  trace: string;
  wallMs: number;
  monotonicNs: string;
}

async function firstProcess(folder: string): Promise<First | undefined> {
  let first: First | undefined;
  let other: number | undefined;
  for (const name of await fs.readdir(folder)) {
    if (!/\.jsonl$/.test(name)) continue;
    const head = await firstLine(join(folder, name));
    const parsed = head === undefined ? undefined : parseLine(head);
    if (!parsed || !('line' in parsed) || parsed.line.k !== 'proc') continue;
    const { v, trace, wallMs, monotonicNs } = parsed.line;
    if (v !== linesVersion) other = v;
    else if (first === undefined || BigInt(monotonicNs) < BigInt(first.monotonicNs))
      first = { trace, wallMs, monotonicNs };
  }
  if (first === undefined && other !== undefined) throw new OtherVersion(other);
  return first;
}

async function firstLine(path: string): Promise<string | undefined> {
  const opened = await openOwnFile(path).catch(() => undefined);
  if (opened === undefined) return undefined;
  const { file } = opened;
  try {
    const head = Buffer.alloc(16_384);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const end = head.subarray(0, bytesRead).indexOf(10);
    return end < 0 ? undefined : head.toString('utf8', 0, end);
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
