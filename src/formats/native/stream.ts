/**
 * Reads a native file as a stream: one record in memory, whatever the size of the file. That needs the layout in which
 * Net Trace writes them, one member a line and in its lists one record a line; a file in another layout is read whole.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { FormatError } from '../file/error';
import { checkVersion } from './format';
import type { Member } from './members';

const chunk = 1 << 20;
/** Bytes of one record. More is no trace, or one of another layout. */
const longestLine = 64 << 20;

/** The file has another layout: it can be read whole, if it is not too large for that. */
export class OtherLayout extends Error {}

interface Line {
  text: string;
  /** From 1. */
  number: number;
}

/** Lines of the file, without their ends and the blanks around them. Sync: conversion has nothing else to do meanwhile. */
function* linesOf(path: string): Generator<Line> {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(chunk);
    let rest: Buffer[] = [];
    let length = 0;
    let number = 0;
    for (let size = readSync(file, buffer); size > 0; size = readSync(file, buffer)) {
      let from = 0;
      for (let end = buffer.indexOf(10, from); end >= 0 && end < size; end = buffer.indexOf(10, from)) {
        rest.push(buffer.subarray(from, end));
        yield { text: textOf(rest), number: ++number };
        rest = [];
        length = 0;
        from = end + 1;
      }
      length += size - from;
      if (length > longestLine) throw new OtherLayout();
      if (from < size) rest.push(Buffer.from(buffer.subarray(from, size)));
    }
    if (length > 0) yield { text: textOf(rest), number: ++number };
  } finally {
    closeSync(file);
  }
}

const textOf = (parts: readonly Buffer[]): string =>
  (parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)).toString('utf8').trim();

const name = /^("(?:[^"\\]|\\.)*"):\s*(.*)$/s;

/** The members of the file. Throws OtherLayout up to the first record, or FormatError: not valid, cut off, another version. */
export function* streamedMembers(path: string): Generator<Member> {
  const lines = linesOf(path);
  try {
    const first = lines.next().value as Line | undefined;
    if (first?.text.replace(/^\uFEFF/, '') !== '{') throw new OtherLayout();
    let count = 0;
    let isSure = false;
    const parsed = (text: string, line: Line): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        throw isSure ? broken(line) : new OtherLayout();
      }
    };
    const recordsOf = function* (): Generator<unknown> {
      for (;;) {
        const line = next(lines);
        if (line.text === ']' || line.text === '],') return;
        const record = parsed(line.text.replace(/,$/, ''), line);
        isSure = true;
        yield record;
      }
    };
    for (let line = next(lines); line.text !== '}'; line = next(lines)) {
      const [, key, rest = ''] = name.exec(line.text) ?? [];
      const member = parsed(key ?? '', line) as string;
      if (rest === '[') {
        yield { name: member, records: recordsOf() };
        continue;
      }
      const value = parsed(rest.replace(/,$/, ''), line);
      // Before anything of another program's file, or of a later version, is taken for records.
      if (count++ === 0 && (member !== 'format' || value !== 'nettrace')) throw new OtherLayout();
      if (member === 'version') checkVersion(value);
      yield Array.isArray(value) ? { name: member, records: value } : { name: member, value };
    }
  } finally {
    lines.return(undefined);
  }
}

/** Whether a file is one that can be streamed: as far as its first record. Throws FormatError, as `streamedMembers`. */
export function isStreamable(path: string): boolean {
  try {
    for (const member of streamedMembers(path)) {
      if (!('records' in member)) continue;
      for (const _ of member.records) return true;
    }
    return true;
  } catch (e) {
    if (e instanceof OtherLayout) return false;
    throw e;
  }
}

/** The next line that is not blank. */
function next(lines: Generator<Line>): Line {
  for (const line of { [Symbol.iterator]: () => ({ next: () => lines.next() }) }) if (line.text !== '') return line;
  throw new FormatError('truncated', 'the file is cut off: its last line is missing. Save the trace again.');
}

const broken = ({ number }: Line): FormatError =>
  new FormatError(
    'syntax',
    `not valid at line ${number}: one record, or one member, as JSON was expected. ` +
      'Restore the file from a copy, or save the trace again.',
  );
