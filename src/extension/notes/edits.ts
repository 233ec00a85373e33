/**
 * Where a line of a run is now, after the edits made since the run began, and whether it was itself changed. Line
 * numbers in records are those of the file that ran, which may have been edited since.
 */

/** One replacement in a document; lines and characters from 0, as before the change. */
export interface Edit {
  /** Wall clock, ms. */
  at: number;
  startLine: number;
  startCharacter: number;
  endLine: number;
  endCharacter: number;
  /** Line breaks in the new text. */
  lineBreaks: number;
  /** The new text ends with a line break. */
  endsWithBreak: boolean;
  /** Nothing stood behind the replaced text on its last line. */
  atLineEnd: boolean;
  /** The new text begins with a line break. */
  beginsWithBreak: boolean;
}

export interface Moved {
  line: number;
  changed: boolean;
}

const maxEdits = 5000;

export class Edits {
  #edits: Edit[] = [];

  add(edit: Edit): void {
    const last = this.#edits.at(-1);
    const typing = (e: Edit) => e.lineBreaks === 0 && e.startLine === e.endLine;
    if (last && typing(last) && typing(edit) && last.startLine === edit.startLine) {
      last.at = edit.at;
      return;
    }
    this.#edits.push(edit);
    if (this.#edits.length > maxEdits) this.#edits.shift();
  }

  /** Current line of line `line` (from 1) of a run that began at `since` (wall clock, ms); undefined: it is deleted. */
  now(line: number, since: number): Moved | undefined {
    let at: Moved | undefined = { line: line - 1, changed: false };
    for (const edit of this.#edits) if (edit.at > since && at) at = moved(at, edit);
    return at && { line: at.line + 1, changed: at.changed };
  }
}

function moved(from: Moved, e: Edit): Moved | undefined {
  const { line } = from;
  if (line < e.startLine) return from;
  const shift = e.lineBreaks - (e.endLine - e.startLine);
  if (line > e.endLine) return { ...from, line: line + shift };
  // A whole line put in above it, or whole lines above it taken away: its own text is as it was.
  if (line === e.endLine && e.endCharacter === 0 && e.startCharacter === 0 && (e.startLine < line || e.endsWithBreak)) {
    return { ...from, line: line + shift };
  }
  // A new line begun at its end.
  if (
    line === e.startLine &&
    e.startLine === e.endLine &&
    e.startCharacter === e.endCharacter &&
    e.beginsWithBreak &&
    e.atLineEnd
  ) {
    return from;
  }
  if (e.startLine < line && line < e.endLine) return undefined;
  // Taken away whole, from the end of the line before.
  if (line === e.endLine && e.startLine < line && e.atLineEnd && e.lineBreaks === 0) return undefined;
  return { line: line === e.startLine ? line : e.startLine + e.lineBreaks, changed: true };
}
