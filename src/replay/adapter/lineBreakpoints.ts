/** Breakpoints at lines: a trace can stop where requests were made, so each goes to the nearest such line. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Replay } from '../position/replay';
import type { CallLine } from '../position/stacks';
import type { Rule } from '../position/stops';

/** Lines that a breakpoint is moved by at most: farther away, it was not meant for that call. */
const farthest = 20;

/** Unique in a session, so that a client knows which one was hit. */
let ids = 0;

export interface LineBreakpoints {
  breakpoints: DebugProtocol.Breakpoint[];
  rules: Rule[];
}

/** `lines`: where requests were made in the source; undefined: none was. */
export function linesOf(
  replay: Replay | undefined,
  lines: readonly CallLine[] | undefined,
  asked: readonly DebugProtocol.SourceBreakpoint[],
): LineBreakpoints {
  const rules: Rule[] = [];
  const breakpoints = asked.map((b): DebugProtocol.Breakpoint => {
    const id = ++ids;
    const unverified = (message: string): DebugProtocol.Breakpoint => ({ id, verified: false, line: b.line, message });
    const nearest = nearestOf(lines ?? [], b.line);
    if (!replay || !nearest) return unverified('No request of this trace was made in this file.');
    if (Math.abs(nearest.line - b.line) > farthest)
      return unverified(`No request of this trace was made near this line; the nearest is line ${nearest.line}.`);
    const rule = replay.stops.rule(`line ${nearest.line}`, nearest.positions, b);
    if ('error' in rule) return unverified(rule.error);
    rules.push({ ...rule, id });
    return { id, verified: true, line: nearest.line };
  });
  return { breakpoints, rules };
}

/** Of two as near, the one below. */
function nearestOf(lines: readonly CallLine[], line: number): CallLine | undefined {
  return lines.toSorted((a, b) => Math.abs(a.line - line) - Math.abs(b.line - line) || b.line - a.line)[0];
}
