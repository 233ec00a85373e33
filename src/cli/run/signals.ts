/** Signals and exit codes: the traced program must see what it would see without us, and the shell too. */
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';

/** All that a user, a supervisor or a watcher sends: whatever ended us would leave the program alone, and its trace lost. */
const forwarded = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;
/** Those that a key in the terminal sends to us and the program alike. */
const fromKeys: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT']);
/** Those that ask a program to end. */
const ending: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP']);

/** What happens to a signal that asks us to end when the program has ended and its trace is still being saved. */
export interface WhileSaving {
  /** The first one: it was most likely meant for the program. */
  first(): void;
  /** Any later one, right before it ends us: without another look at what may hang. */
  giveUp(): void;
}

/** The shell's convention: the code, or 128 + the number of the signal that ended it. */
export function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/**
 * Passes signals on to the program, and keeps us alive until it has ended and the trace is saved. Returns what takes it
 * back. A Ctrl-C reaches the program by itself, as it is in the terminal's foreground group with us: passed on as well,
 * it would count twice, and many programs give up their orderly end at the second.
 */
export function forwardSignals(child: ChildProcess, saving: WhileSaving): () => void {
  const running = () => child.exitCode === null && child.signalCode === null;
  let asked = false;
  const endUs = (signal: NodeJS.Signals) => {
    if (!asked) saving.first();
    else {
      saving.giveUp();
      stop();
      // Not `process.exit`, which waits for the threads that read and write files, and one of them may hang.
      process.kill(process.pid, signal);
    }
    asked = true;
  };
  const handlers = forwarded.map((signal) => {
    const handler = () => {
      if (!running()) {
        if (ending.has(signal)) endUs(signal);
      } else if (!(fromKeys.has(signal) && fromTerminal())) child.kill(signal);
    };
    process.on(signal, handler);
    return [signal, handler] as const;
  });
  const stop = () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
  return stop;
}

/** True while our process group is the one that the terminal sends Ctrl-C to. */
function fromTerminal(): boolean {
  try {
    // pid (name) state ppid group session terminal foregroundGroup
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[2] === fields[5];
  } catch {
    return process.stdin.isTTY === true; // no /proc
  }
}
