/** Which lines of a file have network breakpoints of their own, and what their sign says. */
import { realpathSync } from 'node:fs';
import { listName } from '../../model/lines/breakpoints';
import { pathOf } from '../support/paths';
import type { ListedBreakpoint } from './list';
import { detailsOf } from './viewWords';

export interface LineSign {
  /** From 1. */
  line: number;
  text: string;
}

/** `path`: of the file shown. The enabled ones only. */
export function signsOf(all: readonly ListedBreakpoint[], path: string): LineSign[] {
  const byLine = new Map<number, string[]>();
  const shown = realPath(path);
  for (const b of all) {
    if (!b.enabled || !b.callSite) continue;
    const file = pathOf(b.callSite.file);
    if (file === undefined || (file !== path && realPath(file) !== shown)) continue;
    const words = [listName(b).replace(/ at [^ ]*$/, ''), detailsOf(b, undefined)].filter(Boolean).join(' · ');
    byLine.set(b.callSite.line, [...(byLine.get(b.callSite.line) ?? []), words]);
  }
  return [...byLine].map(([line, words]) => ({
    line,
    text: `Network breakpoint of this line: ${words.join('; ')}`,
  }));
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
