/**
 * A bound on the time that masking and decoding take in one tick of the program. When it is over, the part that used it up
 * switches itself off, as after an error: what it has looked through is written, nothing is ever written unmasked. One
 * long text is left in its middle. Time that the process did not run counts for nothing.
 */
import { now } from './clock';
import { fault, type Part } from './guard';

const cpuUsage = process.cpuUsage.bind(process);

let max = 200;
let spent = 0;
/** CPU time when the tick's first work began, in µs; -1: there was none. */
let cpuAt = -1;
/** When the work that runs began. */
let workAt = 0;
let checks = 0;

export function setUpBudget(ms: number | undefined): void {
  max = ms ?? max;
}

/** Lines of another tick are made from here on. */
export function beginTick(): void {
  spent = 0;
  cpuAt = -1;
}

const cpuNow = (): number => {
  const { user, system } = cpuUsage();
  return user + system;
};

/** The instant from which work counts, for `endWork`. */
export function beginWork(): number {
  if (cpuAt < 0) cpuAt = cpuNow();
  workAt = now();
  return workAt;
}

/** In the middle of long work: throws when its time is over. Mostly it only counts. */
export function checkWork(): void {
  if ((++checks & 15) !== 0) return;
  const took = now() - workAt;
  if (spent + took < max || (cpuNow() - cpuAt) / 1000 < max) return;
  spent += took;
  throw overdue();
}

export function endWork(part: Part, begin: number): void {
  spent += now() - begin;
  if (spent < max || !part.on || (cpuNow() - cpuAt) / 1000 < max) return;
  fault(part, overdue());
}

const overdue = (): Error => new Error(`masking took ${max} ms of one tick`);
