/**
 * Lines of nettrace in a stream that the program writes to directly: after an unterminated line of the program, ours
 * begins on the next one. On a terminal a line of blanks does it, which wraps only if the cursor is not at the begin;
 * in a file its last byte says so. What went into a pipe nobody can ask.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

interface Stream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  fd?: number;
}

/** Writes one line; the first after a rest of the loop looks where the cursor is. */
export function atLineBegin(stream: Stream): (line: string) => void {
  let fresh = true;
  return (line) => {
    const lead = fresh ? leadOf(stream) : '';
    if (fresh) setImmediate(() => (fresh = true));
    fresh = false;
    stream.write(`${lead}${line}\n`);
  };
}

function leadOf({ isTTY, columns, fd }: Stream): string {
  if (isTTY) return columns ? `${' '.repeat(columns)}\r` : '';
  return fd !== undefined && endsInLine(fd) ? '\n' : '';
}

/** True for a file whose last line has no end. */
function endsInLine(fd: number): boolean {
  let file: number | undefined;
  try {
    const { size } = fstatSync(fd);
    if (!fstatSync(fd).isFile() || size === 0) return false;
    file = openSync(`/dev/fd/${fd}`, 'r');
    const last = Buffer.alloc(1);
    return readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== 10;
  } catch {
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
