/** `nettrace convert IN OUT`: the suffix of OUT decides. */
import * as fs from 'node:fs/promises';
import { formatOf, isPacketFile, noPackets, suffixes, writeTrace } from '../formats';
import { numberText, plural } from '../model/base/text';
import { list } from './run/outputs';
import { openTrace } from './show/open';
import { complain, UsageError } from './terminal/say';

export async function convert(from: string, to: string): Promise<void> {
  if (isPacketFile(to)) throw new UsageError(`${to}: ${noPackets}`);
  if (formatOf(to) === undefined) {
    throw new UsageError(`${to}: unknown file extension. Use ${list(Object.values(suffixes))}.`);
  }
  const trace = await openTrace(from);
  await writeTrace(trace, to);
  const { size } = await fs.stat(to);
  const requests = trace.requests.filter((r) => r.direction !== 'in').length;
  complain(`saved ${to} (${plural(requests, 'request')}, ${numberText(size)} bytes)`);
}
