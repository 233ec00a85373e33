/**
 * An error inside the hook must never reach the program: every handler runs guarded. The first error switches its part
 * off for good and is written once, as a `ctl` line with reason `fault`; nothing is printed.
 */
import { maskText } from '../../model/secrets/mask';
import { stringify } from './builtins';
import { now, us } from './clock';
import { beginOwn, endOwn, own } from './ownCost';

/** A part of the hook that can be switched off alone. */
export class Part {
  on = true;
  faults = 0;
  constructor(readonly name: string) {}
}

export const parts = {
  http1: new Part('http1'),
  undici: new Part('undici'),
  http2: new Part('http2'),
  dns: new Part('dns'),
  net: new Part('net'),
  tls: new Part('tls'),
  udp: new Part('udp'),
  proxy: new Part('proxy'),
  /** Trace rules with a condition: with it off, none of them matches. */
  matching: new Part('matching'),
  retries: new Part('retries'),
  /** Why a request was cancelled: timeouts and signals. */
  timers: new Part('timers'),
  /** Whether responses wait for the event loop. */
  loop: new Part('loop'),
  /** What a request is made for. */
  labels: new Part('labels'),
  /** Requests that the program answers. */
  incoming: new Part('incoming'),
  sockets: new Part('sockets'),
  keys: new Part('keys'),
  callSites: new Part('callSites'),
  lines: new Part('lines'),
  bodies: new Part('bodies'),
  headers: new Part('headers'),
  decoding: new Part('decoding'),
  breakpoints: new Part('breakpoints'),
  children: new Part('children'),
  /** Patches of what the program loads later. */
  loading: new Part('loading'),
};

/** Parts that worked when the patches were removed. */
let resting: Part[] | undefined;

/** Every handler returns at once until the patches are there again. */
export function suspendParts(): void {
  resting = Object.values(parts).filter((part) => part.on);
  for (const part of resting) part.on = false;
}

export function resumeParts(): void {
  for (const part of resting ?? []) part.on = part.faults === 0;
  resting = undefined;
}

let write: (line: string) => void = () => {};
/** How to make a handler fail, by its name, and the names of those that shall: for the tests of the hook. */
const injections = new Map<string, () => void>();
let failing: readonly string[] = [];

/** Before anything is installed. */
export function setUpFaults(writeLine: (line: string) => void, shallFail: readonly string[]): void {
  write = writeLine;
  failing = shallFail;
  for (const name of failing) injections.get(name)?.();
}

export function fault(part: Part, error: unknown): void {
  part.on = false;
  if (part.faults++ > 0) return;
  try {
    const message = maskText(String(error).slice(0, 2048), undefined, true).slice(0, 512);
    write(`{"k":"ctl","at":${us(now())},"reason":"fault","part":"${part.name}","message":${stringify(message)}}\n`);
  } catch {
    // Not even the report works: silence.
  }
}

/**
 * `body`, guarded. The name distinguishes the handlers in tests, which let each of them fail. A failed handler returns
 * undefined, like one whose part is off.
 */
export function guarded<P extends unknown[], R>(
  part: Part,
  name: string,
  body: (...args: P) => R,
): (...args: P) => R | undefined {
  // Three fixed arguments: a rest array a call would cost more than the handler.
  let run = body as unknown as (a: unknown, b: unknown, c: unknown) => R;
  // Of the part that is loaded later.
  if (failing.includes(name)) run = fail;
  injections.set(name, () => {
    run = fail;
  });
  const guard = (a: unknown, b: unknown, c: unknown): R | undefined => {
    if (!part.on) return undefined;
    const begin = own.measuring ? beginOwn() : 0;
    try {
      return run(a, b, c);
    } catch (e) {
      fault(part, e);
      return undefined;
    } finally {
      if (begin !== 0) endOwn(begin);
    }
  };
  return guard as unknown as (...args: P) => R | undefined;
}

function fail(): never {
  throw new Error('injected');
}
