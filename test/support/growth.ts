/**
 * Whether work grows as the text does. Nothing is held against the clock: a text of eight times the length may take at
 * most three times as long for each of its characters, where quadratic work takes eight times as long. The smallest of
 * several runs counts, so that what else the machine does makes nothing fail.
 */
import vm from 'node:vm';

export interface Attack {
  before: string;
  pump: string;
  after: string;
}

const longest = 64 * 1024;
/** Below it a run says nothing: 64 kB of quadratic work are far above. */
const noiseMs = 8;
const textOf = ({ before, pump, after }: Attack, length: number): string =>
  before + pump.repeat(Math.ceil(length / pump.length)) + after;

function time(run: (text: string) => void, text: string): number {
  // Of the process, not of the clock on the wall: others that run beside us lengthen the longer run alone.
  const before = process.cpuUsage();
  run(text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Undefined: linear. Else the attack that shows that it is not. Lengths grow, so that quadratic work ends early. */
export function superlinear(run: (text: string) => void, attacks: readonly Attack[]): string | undefined {
  for (const attack of attacks) {
    for (let length = 16; length <= longest; length *= 4) {
      const long = textOf(attack, length);
      if (time(run, long) < noiseMs) continue;
      const shorter = textOf(attack, length / 8);
      let took = Number.POSITIVE_INFINITY;
      let tookShorter = Number.POSITIVE_INFINITY;
      for (let i = 0; i < 4; i++) {
        took = Math.min(took, time(run, long));
        tookShorter = Math.min(tookShorter, time(run, shorter));
      }
      if (took > noiseMs && took > 24 * tookShorter) return shown(attack, length, took, tookShorter);
    }
  }
  return undefined;
}

const shown = ({ before, pump, after }: Attack, length: number, took: number, tookShorter: number): string =>
  `${JSON.stringify(before)} + ${JSON.stringify(pump)} × n + ${JSON.stringify(after)}: ${length} characters take ${took.toFixed(1)} ms, an eighth of them ${tookShorter.toFixed(2)} ms`;

/** The same with an end: V8 stops an expression that runs for ever when the time of `vm` is over, and says which it was. */
export function superlinearWithin(
  run: (text: string) => void,
  attacks: readonly Attack[],
  limitMs = 60_000,
): string | undefined {
  let current: Attack | undefined;
  const one = (): string | undefined => {
    for (const attack of attacks) {
      current = attack;
      const found = superlinear(run, [attack]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  try {
    return vm.runInNewContext('run()', { run: one }, { timeout: limitMs }) as string | undefined;
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw e;
    return `${JSON.stringify(current)}: no end within ${limitMs} ms`;
  }
}

/** What the product does with it: all matches of a global expression, one of the others. */
export function runOf(regex: RegExp): (text: string) => void {
  if (regex.global) return (text) => void text.replace(regex, '');
  return (text) => {
    regex.lastIndex = 0;
    regex.exec(text);
  };
}
