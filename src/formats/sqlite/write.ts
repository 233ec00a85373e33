/** Writes `.nettrace.db`: whole or not at all, as every other format. */
import { replaceAtomically } from '../file/save';
import { loweredMembers, type Member } from '../native/members';
import { openDatabase } from './engine';
import { type FillOptions, fillDatabase } from './fill';

/** `members` is called once the file can be written. Secrets are masked on the way. */
export async function writeDatabase(
  path: string,
  members: () => Iterable<Member>,
  options: FillOptions & { private?: boolean } = {},
): Promise<void> {
  await replaceAtomically(
    path,
    async (temporary) => {
      const db = openDatabase(temporary);
      try {
        fillDatabase(db, loweredMembers(members()), options);
      } finally {
        db.close();
      }
    },
    options,
  );
}
