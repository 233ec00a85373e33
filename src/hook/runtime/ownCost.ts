/**
 * What the hook itself takes in the program: the time in its handlers and in building and writing lines, over the first
 * requests of an isolate and now and then later, when V8 has compiled them. While it measures, a handler reads the clock
 * twice (0.1 µs); else it compares once.
 *
 * Not in it: what Node's own functions take longer for being wrapped, memory to be collected, and what the first bundle's
 * code does outside of handlers. docs/performance.md has the whole, measured from outside.
 */
import { now } from './clock';

/** Requests of a window; the first begins with the first request, the others at these counts and ten times as many. */
const firstWindow = 200;
const laterWindow = 500;
const laterBegins = 1000;

/** `measuring`: handlers read the clock. */
export const own = { measuring: true };
let inside = false;
let stopped = false;
let requests = 0;
let windowBegin = 0;
let windowEnd = firstWindow;
let nextWindow = laterBegins;
let time = 0;
let start = 0;
/** Of the last window that is whole. */
let whole: { time: number; requests: number } | undefined;
let isDue = false;

/** µs for the hook's start, and for its handlers over so many requests. */
export interface OwnCost {
  start: number;
  handlers: number;
  requests: number;
}

/** A reading of the clock where the outermost handler begins while it is measured; 0 otherwise. */
export function beginOwn(): number {
  if (inside) return 0;
  inside = true;
  return now();
}

export function endOwn(begin: number): void {
  inside = false;
  if (own.measuring && !stopped) time += now() - begin;
  stopped = false;
}

/** The handler that runs stops the program in the debugger: how long says nothing of us. */
export function leaveOutOwn(): void {
  stopped = inside;
}

export function countOwnRequest(): void {
  requests++;
  if (own.measuring) {
    if (requests > windowEnd) endWindow();
  } else if (requests > nextWindow) {
    windowBegin = requests - 1;
    windowEnd = windowBegin + laterWindow;
    nextWindow *= 10;
    time = 0;
    own.measuring = true;
  }
}

function endWindow(): void {
  whole = { time, requests: windowEnd - windowBegin };
  own.measuring = false;
  isDue = true;
}

/** Runs a part of the start, of which one may run another. `from`: where it began. */
export function starting(act: () => void, from = now()): void {
  const before = start;
  act();
  start = before + now() - from;
}

/** Once after each window: the figures are to be written while the program runs. */
export function takeDue(): boolean {
  const was = isDue;
  isDue = false;
  return was;
}

export function ownCost(): OwnCost {
  const { time: ms, requests: count } = whole ?? { time, requests };
  return { start: Math.round(start * 1000), handlers: Math.round(ms * 1000), requests: count };
}

/** The same as JSON: of numbers alone. */
export function costText(): string {
  const cost = ownCost();
  return `{"start":${cost.start},"handlers":${cost.handlers},"requests":${cost.requests}}`;
}
