/** What the analysis has to say, in the terminal. */
import { findingsOf } from '../../analysis/document';
import type { Usual } from '../../analysis/verdict/case/usual';
import { verdictOf } from '../../analysis/verdict/verdict';
import { numberText } from '../../model/base/text';
import type { Request } from '../../model/records';
import { faultText } from '../../model/store/faults';
import type { Store } from '../../model/store/store';
import { printable, type Style, wrapped } from '../terminal/say';

/** Findings listed under a table; the file and --json have all. */
const max = 3;

/** The weightiest findings, each with what to do; that a part of the hook is off comes first. */
export function findingLines(
  store: Store,
  now: number,
  style: Style,
  options: { width?: number; seeFindings?: string } = {},
): string[] {
  const { width = Number.POSITIVE_INFINITY, seeFindings } = options;
  const all = findingsOf(store, now).filter((f) => f.rule !== 'limits-of-sight');
  const off = faultText(store);
  const lines = off === undefined ? [] : [style.yellow(printable(off))];
  for (const f of all.slice(0, max)) {
    const mark =
      f.severity === 'error' ? style.red('✕') : f.severity === 'warning' ? style.yellow('!') : style.dim('i');
    const [first = '', ...more] = wrapped(printable(f.text), width - 2);
    lines.push(`${mark} ${first}`, ...more.map((line) => `  ${line}`));
    if (f.advice === undefined) continue;
    for (const line of wrapped(printable(f.advice), width - 2)) lines.push(style.dim(`  ${line}`));
  }
  if (all.length > max) {
    const how = seeFindings === undefined ? '' : `; ${seeFindings}`;
    lines.push(style.dim(`  … and ${numberText(all.length - max)} more${how}`));
  }
  return lines;
}

/** Why a request was slow or failed, and what to do; nothing for an ordinary request. */
export function verdictLines(request: Request, store: Store, now: number, style: Style, usual?: Usual): string[] {
  const v = verdictOf(request, store, now, usual);
  if (v.level === 'ok') return [];
  const text = `  ${printable(v.text)}`;
  const lines = [
    v.level === 'failed' || v.level === 'error' ? style.red(text) : v.level === 'aborted' ? text : style.yellow(text),
  ];
  if (v.advice !== undefined) lines.push(style.dim(`  ${printable(v.advice)}`));
  if (v.toFindOut !== undefined) lines.push(style.dim(`  To find out: ${printable(v.toFindOut)}`));
  return lines;
}
