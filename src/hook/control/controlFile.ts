/**
 * What is in force, as the session says in `control.json`: read at the start, looked at when a request begins (at most
 * every 100 ms, one `stat`), and at once when a debugger asks for it. With nothing in force there is no request to see:
 * then a timer that holds nothing looks every 250 ms.
 *
 * Where the file is not there, or may not be read, the settings of the environment hold.
 */
import { type ControlState, controlFileName, maxControlBytes, type RequestControl } from '../../model/lines/control';
import { line } from '../output/json';
import { betweenWrites, push } from '../output/queue';
import { clearTimer, nextTick, parse, readFileSync, setTimer, statSync } from '../runtime/builtins';
import { now, us } from '../runtime/clock';
import { hasLeft, whenLeft } from '../runtime/patches';
import { asked } from './asked';
import { running } from './running';

/** When the file was looked at last. */
export const lastPoll = { at: 0 };

/** Puts the patches on, and off. */
interface Patches {
  on(): void;
  off(): void;
}

const restMs = 250;
let path = '';
/** What the file was like when it was read. */
let stamp = '';
let generation = 1;
let patches: Patches | undefined;
let isOn = false;
let timer: NodeJS.Timeout | undefined;
whenLeft(() => clearTimer(timer));

/** Before anything is written. `enabled`: what holds without a file. */
export function readControl(spool: string, enabled: readonly string[]): void {
  path = `${spool}/${controlFileName}`;
  lastPoll.at = now();
  const state = changed();
  if (state === undefined) return set({ requests: enabled.map((id) => ({ id, condition: '' })), breakpoints: [] });
  generation = state.generation;
  set(state);
}

/** Something is traced, or stopped at. */
let isAsked = false;

function set({ requests, breakpoints }: Pick<ControlState, 'requests' | 'breakpoints'>): void {
  isAsked = requests.length + breakpoints.length > 0;
  asked.state = { requests, breakpoints };
  asked.use();
}

/** From now on the patches follow what is asked for. */
export function followControl(given: Patches): void {
  patches = given;
  if (isAsked) {
    isOn = true;
    given.on();
  } else rest();
}

export const controlLine = (reason: string, more: object = {}): string =>
  line({ k: 'ctl', at: us(now()), generation, enabled: asked.inForce(), reason, ...more });

/** Looks whether something else is asked for by now. `reason`: who says that it may be. */
export function pollControl(t: number, reason = 'file'): void {
  lastPoll.at = t;
  const state = changed();
  if (state === undefined) return;
  generation = state.generation;
  set(state);
  push(controlLine(reason));
  if (patches === undefined) return;
  if (isAsked) {
    running.ended = undefined;
    clearTimer(timer);
    timer = undefined;
    if (!isOn) {
      isOn = true;
      running.count = 0;
      patches.on();
    }
  } else if (isOn) {
    // Requests that have begun are reported until they end.
    running.ended = turnOff;
    if (running.count <= 0) turnOff();
    else rest();
  }
}

/** Asked by a debugger. */
export function control(): void {
  betweenWrites(() => {
    try {
      if (!hasLeft()) pollControl(now(), 'debugger');
    } catch {
      // Nothing changes.
    }
  });
}

/** Mostly said by the end of a request: not before all that follows from that has been done. */
function turnOff(): void {
  running.ended = undefined;
  nextTick(() =>
    betweenWrites(() => {
      if (isAsked || !isOn || hasLeft()) return;
      isOn = false;
      patches?.off();
      rest();
    }),
  );
}

function rest(): void {
  if (timer !== undefined) return;
  timer = setTimer(onRest, restMs);
  timer.unref();
}

function onRest(): void {
  timer = undefined;
  if (hasLeft()) return;
  try {
    pollControl(now());
  } catch {
    // Looked at again the next time.
  }
  if (!isAsked) rest();
}

/** The state, if the file is another than the one that was read last. */
function changed(): ControlState | undefined {
  try {
    const file = statSync(path, { throwIfNoEntry: false });
    if (file === undefined || !file.isFile()) return undefined;
    const now = `${file.ino} ${file.mtimeMs} ${file.size}`;
    if (now === stamp || file.size > maxControlBytes) return undefined;
    const state = checked(parse(readFileSync(path, 'utf8')));
    if (state !== undefined) stamp = now;
    return state;
  } catch {
    return undefined;
  }
}

/** The file is the session's, in a folder of the user's alone; the program could have written it all the same. */
function checked(value: unknown): ControlState | undefined {
  const state = value as Partial<ControlState> | null;
  if (typeof state !== 'object' || state === null || state.v !== 1) return undefined;
  if (typeof state.generation !== 'number' || !Array.isArray(state.requests)) return undefined;
  return {
    v: 1,
    generation: state.generation,
    requests: state.requests.filter(isRequest).slice(0, 256),
    breakpoints: Array.isArray(state.breakpoints) ? state.breakpoints : [],
  };
}

const isCount = (n: unknown): boolean => n === undefined || (Number.isSafeInteger(n) && (n as number) >= 0);

function isRequest(value: unknown): value is RequestControl {
  const r = value as Partial<RequestControl> | null;
  if (typeof r !== 'object' || r === null || typeof r.id !== 'string' || typeof r.condition !== 'string') return false;
  return isCount(r.limit) && isCount(r.sample) && isCount(r.slot);
}
