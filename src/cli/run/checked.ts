/** `nettrace run --check RULES`: the rules are read before the program starts, and checked when it has ended. */
import type { RuleResult } from '../../analysis/check/result';
import type { CheckedRun } from '../../analysis/check/subject';
import { type Prepared, prepareCheck, results } from '../check/check';
import { checkObject } from '../check/json';
import { isBrokenRule } from '../check/outcome';
import { checkLines } from '../check/text';
import { complain, styleFor, UsageError, widthOf } from '../terminal/say';
import type { RunOptions } from './options';

export class Checker {
  #results: RuleResult[] | undefined;

  private constructor(readonly rules: Prepared) {}

  /** Throws UsageError or FormatError: the rules, or what they compare with, cannot be read. */
  static async for(file: string, { enabled }: RunOptions): Promise<Checker> {
    if (enabled === false) throw new UsageError('--check needs a trace: it cannot be used with --no-trace.');
    return new Checker(await prepareCheck(file));
  }

  check(run: Omit<CheckedRun, 'name'>): void {
    this.#results = results(this.rules, [{ name: 'this run', ...run }]);
  }

  /** For `--json`. */
  object(): object {
    return checkObject(this.#results ?? [], false);
  }

  /** `quiet`: only what is broken. */
  lines(quiet: boolean): string[] {
    const all = this.#results ?? [];
    if (quiet && !all.some(({ state }) => state === 'broken')) return [];
    const how = { style: styleFor(process.stderr), width: widthOf(process.stderr), onlyBroken: quiet };
    return ['', ...checkLines(all, how)];
  }

  /** The program's own code stays where it is not 0. Rules that could not be checked are not passed. */
  exitCode(code: number): number {
    if (this.#results === undefined) complain(`${this.rules.file} could not be checked.`);
    if (code !== 0) return code;
    if (this.#results === undefined) return 2;
    return this.#results.some((result) => isBrokenRule(result)) ? 1 : 0;
  }
}
