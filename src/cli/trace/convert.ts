/** `nettrace convert IN OUT`: the suffix of OUT decides. */
import * as fs from 'node:fs/promises';
import { formatOf, isPacketFile, noPackets, suffixes, writeTrace } from '../../formats';
import { alternatives, numberText, plural } from '../../model/base/text';
import { complain, UsageError } from '../terminal/say';
import { openTrace } from './open';

export async function convert(from: string, to: string, options: { json?: boolean }): Promise<void> {
  if (isPacketFile(to)) throw new UsageError(`${to}: ${noPackets}`);
  if (formatOf(to) === undefined) {
    throw new UsageError(`${to}: unknown file extension. Use ${alternatives(Object.values(suffixes))}.`);
  }
  const trace = await openTrace(from);
  await writeTrace(trace, to);
  const { size } = await fs.stat(to);
  const requests = trace.requests.filter((r) => r.direction !== 'in').length;
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ format: 'nettrace-convert', version: '1.0', file: to, requests, bytes: size })}\n`,
    );
    return;
  }
  complain(`saved ${to} (${plural(requests, 'request')}, ${numberText(size)} bytes)`);
}
