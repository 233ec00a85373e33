/**
 * Counters of limits and samples, one memory for all threads of the process: a worker gets it from the thread that starts
 * it, by Node's own environment data. Threads that were started before the first limit was set count for themselves.
 */
import { nodeModule, threadId } from '../runtime/builtins';

/** Two counters each: matches, and those reported. */
const places = 1024;
const key = 'nettrace.counters';
let shared: Int32Array | undefined;

interface Threads {
  getEnvironmentData(key: string): unknown;
  setEnvironmentData(key: string, value: unknown): void;
}

/** `slot`: the place that all threads use. Undefined: the counters are the isolate's own. */
export function placeFor(slot: number | undefined): { counts: Int32Array; first: number } {
  if (slot === undefined || slot >= places) return { counts: new Int32Array(2), first: 0 };
  shared ??= sharedMemory();
  return { counts: shared, first: slot * 2 };
}

function sharedMemory(): Int32Array {
  try {
    const threads = nodeModule('node:worker_threads') as Threads;
    const given = threadId === 0 ? undefined : threads.getEnvironmentData(key);
    if (given instanceof SharedArrayBuffer && given.byteLength === places * 8) return new Int32Array(given);
    const made = new SharedArrayBuffer(places * 8);
    threads.setEnvironmentData(key, made);
    return new Int32Array(made);
  } catch {
    return new Int32Array(places * 2);
  }
}
