// `nettrace convert IN OUT`: the suffix of OUT decides.
import { formatOf, readTrace, suffixes, writeTrace } from '../formats';
import { list } from './outputs';
import { UsageError } from './say';

export async function convert(from: string, to: string): Promise<void> {
  if (formatOf(to) === undefined) {
    throw new UsageError(`${to}: the suffix says no format. Use ${list(Object.values(suffixes))}.`);
  }
  await writeTrace(await readTrace(from), to);
}
