/** Traces as databases and as streams: for what is larger than memory should hold. */
import { statSync } from 'node:fs';
import { FormatError } from './file/error';
import { saveAtomically } from './file/save';
import { formatOf } from './file/sniff';
import { checked, loweredMembers, type Member, piecesOf } from './native/members';
import { isStreamable, streamedMembers } from './native/stream';
import { isDatabase, membersOfDatabase, openTraceDatabase } from './sqlite/read';
import { writeDatabase } from './sqlite/write';

export { type Member, membersOf } from './native/members';
export { fillDatabase } from './sqlite/fill';
export { isDatabase, openTraceDatabase as databaseAt } from './sqlite/read';

/** Bytes above which a native file or a database is read as a stream, where that can be done. */
const largestWhole = 50_000_000;

export function isLarge(path: string, largest = largestWhole): boolean {
  try {
    const stats = statSync(path);
    return stats.isFile() && stats.size > largest;
  } catch {
    return false;
  }
}

/** The members of a native file, read and checked as they are taken; undefined: it has another layout, or is no native file. */
export function checkedStream(path: string): Iterable<Member> | undefined {
  try {
    return isStreamable(path) ? named(path) : undefined;
  } catch (e) {
    throw e instanceof FormatError ? e.of(path) : e;
  }
}

function* named(path: string): Generator<Member> {
  try {
    yield* checked(streamedMembers(path));
  } catch (e) {
    throw e instanceof FormatError ? e.of(path) : e;
  }
}

/**
 * Writes a large trace in the other lossless format, record by record, and gives the number of its requests; undefined: it
 * is not that large, or one of the two is another format.
 */
export async function copyLarge(from: string, to: string, largest = largestWhole): Promise<number | undefined> {
  const format = formatOf(to);
  if ((format !== 'native' && format !== 'database') || !isLarge(from, largest)) return undefined;
  // What only its owner may read, only its owner may read in the copy.
  const options = { private: (statSync(from).mode & 0o077) === 0 };
  const count = { requests: 0 };
  const write = (members: Iterable<Member>): Promise<void> =>
    format === 'database'
      ? writeDatabase(to, () => counted(members, count), options)
      : saveAtomically(to, () => piecesOf(loweredMembers(counted(members, count))), options);
  if (isDatabase(from)) {
    const db = openTraceDatabase(from);
    try {
      await write(membersOfDatabase(db, from));
    } finally {
      db.close();
    }
    return count.requests;
  }
  const members = checkedStream(from);
  if (!members) return undefined;
  await write(members);
  return count.requests;
}

function* counted(members: Iterable<Member>, count: { requests: number }): Generator<Member> {
  for (const member of members)
    yield member.name === 'requests' && 'records' in member
      ? { name: member.name, records: outgoing(member.records, count) }
      : member;
}

function* outgoing(records: Iterable<unknown>, count: { requests: number }): Generator<unknown> {
  for (const record of records) {
    if ((record as { direction?: unknown }).direction !== 'in') count.requests++;
    yield record;
  }
}
