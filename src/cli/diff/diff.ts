/** `nettrace diff BEFORE AFTER`: what a change did to the requests of a program. */
import { type Change, changesOf } from '../../analysis/compare/changes';
import { compare, type Side } from '../../analysis/compare/compare';
import type { ChangeKind } from '../../analysis/compare/kinds';
import { comparisonMarkdown } from '../../analysis/compare/markdown';
import { styleFor, UsageError, widthOf } from '../terminal/say';
import { type Opened, openSet } from '../trace/sets';
import { diffJson } from './json';
import { diffLines } from './text';

export interface DiffOptions {
  /** More runs of each side. */
  before?: string[];
  after?: string[];
  json?: boolean;
  markdown?: boolean;
  failOn?: ChangeKind[];
}

/** The exit code: 1 if there is a change of a kind that was named. */
export async function diff(first: string, second: string, options: DiffOptions): Promise<number> {
  if (options.json && options.markdown) throw new UsageError('--json and --markdown cannot be used together.');
  if (first === '-' && second === '-') throw new UsageError('Only one of the traces can come from standard input.');
  const before = sideOf(await openSet([first, ...(options.before ?? [])]));
  const after = sideOf(await openSet([second, ...(options.after ?? [])]));
  const comparison = compare(before, after);
  const changes = changesOf(comparison);
  const failing = changes.filter(({ kind }) => options.failOn?.includes(kind));
  if (options.json) process.stdout.write(diffJson(comparison, changes));
  else if (options.markdown) process.stdout.write(comparisonMarkdown(comparison, changes));
  else {
    const lines = diffLines(comparison, changes, { style: styleFor(process.stdout), width: widthOf(process.stdout) });
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  if (failing.length > 0) process.stderr.write(`nettrace: ${failingText(failing)}\n`);
  return failing.length > 0 ? 1 : 0;
}

const sideOf = (opened: readonly Opened[]): Side => ({
  runs: opened,
  findings: opened.map(({ findings }) => findings),
});

function failingText(changes: readonly Change[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of changes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return `--fail-on: ${[...counts].map(([kind, count]) => `${count} × ${kind}`).join(', ')}.`;
}
