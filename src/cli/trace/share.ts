/** `nettrace share TRACE OUT`: a copy without names, for bug reports. */
import * as fs from 'node:fs/promises';
import { withFindings } from '../../analysis/document';
import { formatOf, isPacketFile, noPackets, redacted, suffixes, writeTrace } from '../../formats';
import { alternatives, numberText, plural } from '../../model/base/text';
import { Store } from '../../model/store/store';
import { complain, UsageError } from '../terminal/say';
import { endOf, openTrace } from './open';

export async function share(from: string, to: string): Promise<void> {
  if (isPacketFile(to)) throw new UsageError(`${to}: ${noPackets}`);
  if (formatOf(to) === undefined)
    throw new UsageError(`${to}: unknown file extension. Use ${alternatives(Object.values(suffixes))}.`);
  if (await isSame(from, to)) throw new UsageError(`${to} is the trace itself: give the copy another name.`);
  const trace = redacted(await openTrace(from));
  // Sentences of findings have names in them: they are made of what is left.
  const store = Store.fromDocument(trace);
  await writeTrace(withFindings(trace, store, endOf(store)), to);
  const { size } = await fs.stat(to);
  const requests = trace.requests.filter((r) => r.direction !== 'in').length;
  complain(
    `saved ${to} (${plural(requests, 'request')}, ${numberText(size)} bytes), without names. Look through it before you give it away.`,
  );
}

async function isSame(from: string, to: string): Promise<boolean> {
  const [a, b] = await Promise.all([from, to].map((path) => fs.realpath(path).catch(() => undefined)));
  return a !== undefined && a === b;
}
