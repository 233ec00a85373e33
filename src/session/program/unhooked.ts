/**
 * Node processes of a run that never loaded the hook, seen in the system's list of processes: on Linux, in addition to what
 * the hook says of the children that its program starts. Where a parent was no Node program, nobody else would report it.
 */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { maskArguments } from '../../model/secrets/arguments';
import { isNode } from './executable';
import { asksAboutNode } from './unloaded';

export interface Unhooked {
  pid: number;
  /** Masked. */
  argv: string[];
  /** replaced, cleared, script, seen. */
  why: string;
}

interface Seen extends Unhooked {
  /** Nearest first. */
  ancestors: number[];
  at: number;
}

/** The first looks come sooner: many programs are short. */
const pollDelaysMs = [50, 100, 200, 400];
/** One that began this short a time before the end may not have come to load anything. */
const youngMs = 1000;
const maxProcesses = 1000;
const maxNamed = 32;

export class ProcessWatch {
  readonly #seen = new Map<number, Seen>();
  /** Command line like its parent's: perhaps forked by it, about to become another program. */
  readonly #forked = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  #polls = 0;

  readonly #root: number;
  /** True for a process that reported. */
  readonly #isTraced: (pid: number) => boolean;

  constructor(root: number, isTraced: (pid: number) => boolean) {
    this.#root = root;
    this.#isTraced = isTraced;

    if (process.platform === 'linux') this.#wait();
  }

  #wait(): void {
    const ms = pollDelaysMs[Math.min(this.#polls++, pollDelaysMs.length - 1)] as number;
    this.#timer = setTimeout(() => {
      this.poll();
      this.#wait();
    }, ms).unref();
  }

  /** Looks at the program's processes once. */
  poll(now = Date.now()): void {
    const open: [pid: number, ancestors: number[]][] = [[this.#root, []]];
    for (let polled = 0; open.length > 0 && polled < maxProcesses; polled++) {
      const [pid, ancestors] = open.pop() as [number, number[]];
      for (const child of childrenOf(pid)) open.push([child, [pid, ...ancestors]]);
      if (this.#seen.has(pid) || this.#seen.size >= maxNamed || this.#isTraced(pid)) continue;
      const argv = nodeArguments(pid);
      if (argv && !this.#forked.has(pid) && commandLine(pid) === commandLine(ancestors[0])) this.#forked.add(pid);
      else if (argv) this.#seen.set(pid, { pid, argv: maskArguments(argv), why: 'seen', ancestors, at: now });
    }
  }

  /** Those that never reported, each with its ancestors. To be asked once everything was read. */
  end(now = Date.now()): (Unhooked & { ancestors: number[] })[] {
    clearTimeout(this.#timer);
    return [...this.#seen.values()]
      .filter((s) => !this.#isTraced(s.pid) && (now - s.at >= youngMs || !isThere(s.pid)))
      .map(({ at: _, ...seen }) => seen);
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
      const text = readText(`/proc/${pid}/task/${thread}/children`).trim();
      return text === '' ? [] : text.split(' ').map(Number);
    });
  } catch {
    return []; // gone, or another user's
  }
}

/** The command line of a process that is Node and runs a program. */
function nodeArguments(pid: number): string[] | undefined {
  try {
    if (!isNode(basename(readlinkSync(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, ''))) return undefined;
  } catch {
    return undefined;
  }
  const argv = commandLine(pid).split('\0').slice(0, -1);
  return argv.length === 0 || asksAboutNode(argv.slice(1)) ? undefined : argv.slice(0, 32).map((w) => w.slice(0, 256));
}

const commandLine = (pid: number | undefined): string => readText(`/proc/${pid}/cmdline`);

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const isThere = (pid: number): boolean => commandLine(pid) !== '';
