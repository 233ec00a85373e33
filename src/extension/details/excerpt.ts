/**
 * A few lines of code for the details of a request. A program that ran here could read its files itself, so of those only
 * kind and size are checked. A trace that was opened may come from anybody: of its files those of the workspace are read,
 * the others when the user asks for them.
 */
import type { Details } from '../../model/panel/protocol';
import { isBelow, isRemote, readRegularFile } from '../../session/sources/sourceFiles';
import { pathOf } from '../support/paths';

/** Largest source file that is read for a few lines of it. */
const largestSource = 5_000_000;

export interface ExcerptOptions {
  /** Folders whose files are read unasked; absent: any on this computer. */
  folders?: readonly string[] | undefined;
  /** The user asked to see this file. */
  asked?: boolean;
}

/** The line with three round it, or why it is not read; neither when there is no such line or file. */
export async function excerptOf(
  file: string,
  line: number,
  { folders, asked = false }: ExcerptOptions = {},
): Promise<Pick<Details, 'code' | 'codeWithheld'>> {
  const path = pathOf(file);
  if (path === undefined) return {};
  if (!asked && isRemote(path)) return { codeWithheld: 'otherComputer' };
  if (!asked && folders !== undefined && !(await isBelow(path, folders))) return { codeWithheld: 'outsideWorkspace' };
  const lines = (await readRegularFile(path, largestSource))?.split(/\r?\n/);
  if (lines === undefined || line < 1 || line > lines.length) return {};
  const first = Math.max(1, line - 3);
  return { code: { first, line, lines: lines.slice(first - 1, line + 3) } };
}
