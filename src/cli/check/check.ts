/** `nettrace check RULES TRACE…`: exit code 1 if a rule is broken. */
import * as fs from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { check as applied } from '../../analysis/check/check';
import type { RuleResult } from '../../analysis/check/result';
import type { Rules } from '../../analysis/check/rules';
import type { CheckedRun } from '../../analysis/check/subject';
import type { Side } from '../../analysis/compare/compare';
import { messageOf } from '../../model/base/text';
import { complain, styleFor, UsageError, widthOf } from '../terminal/say';
import { openSet } from '../trace/sets';
import { githubText } from './github';
import { checkJson } from './json';
import { junitText } from './junit';
import { checkMarkdown } from './markdown';
import { isBrokenRule } from './outcome';
import { readRulesFile } from './rulesFile';
import { checkLines } from './text';

export interface CheckOptions {
  junit?: string;
  markdown?: string;
  github?: boolean;
  json?: boolean;
  /** What is not decided, or not exercised, counts as broken. */
  strict?: boolean;
}

/** Rules that were read, with the traces that they compare with. */
export interface Prepared {
  file: string;
  rules: Rules;
  baselines: Map<string, Side>;
}

/** Reads everything that can be wrong before a program is started. Throws UsageError or FormatError. */
export async function prepareCheck(file: string): Promise<Prepared> {
  const rules = await readRulesFile(file);
  const baselines = new Map<string, Side>();
  for (const path of rules.baselines) {
    const runs = await openSet([resolve(dirname(file), path)]);
    baselines.set(path, { runs, findings: runs.map(({ findings }) => findings) });
  }
  return { file, rules, baselines };
}

export function results({ rules, baselines }: Prepared, runs: readonly CheckedRun[]): RuleResult[] {
  return applied({ rules, baselines, runs, today: new Date().toISOString().slice(0, 10) });
}

/** The exit code. */
export async function check(file: string, traces: readonly string[], options: CheckOptions): Promise<number> {
  if (options.json && options.github) throw new UsageError('--json and --github cannot be used together.');
  const prepared = await prepareCheck(file);
  const all = results(prepared, await openSet(traces));
  const { stdout } = process;
  if (options.json) stdout.write(checkJson(all, options.strict === true));
  else {
    stdout.write(`${checkLines(all, { style: styleFor(stdout), width: widthOf(stdout) }).join('\n')}\n`);
    if (options.github) stdout.write(githubText(all));
  }
  await save(options.junit, () => junitText(file, all, options.strict === true));
  await save(options.markdown, () => checkMarkdown(all));
  return all.some((result) => isBrokenRule(result, options.strict)) ? 1 : 0;
}

async function save(path: string | undefined, text: () => string): Promise<void> {
  if (path === undefined) return;
  try {
    await fs.writeFile(path, text());
  } catch (error) {
    throw new UsageError(`${path}: could not be written: ${messageOf(error)}`);
  }
  complain(`saved ${path}`);
}
