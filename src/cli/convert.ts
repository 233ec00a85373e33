// `nettrace convert IN OUT`: the suffix of OUT decides.
import { formatOf, isPacketFile, noPackets, suffixes, writeTrace } from '../formats';
import { openTrace } from './open';
import { list } from './outputs';
import { UsageError } from './say';

export async function convert(from: string, to: string): Promise<void> {
  if (isPacketFile(to)) throw new UsageError(`${to}: ${noPackets}`);
  if (formatOf(to) === undefined) {
    throw new UsageError(`${to}: the suffix says no format. Use ${list(Object.values(suffixes))}.`);
  }
  await writeTrace(await openTrace(from), to);
}
