/** A full disk under the spool: the hook then stops without a word, as it has no place to write one. */
import { statfs } from 'node:fs/promises';

/** Less than a writer needs for its next lines. */
const minBytes = 64 * 1024;

/** True if the disk of this folder takes no more. False also when that cannot be determined. */
export async function isFull(folder: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize < minBytes;
  } catch {
    return false;
  }
}
