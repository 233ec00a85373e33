/** `nettrace convert IN OUT`: the suffix of OUT decides. */
import * as fs from 'node:fs/promises';
import { findingsOf, withFindings } from '../../analysis/document';
import { formatOf, isPacketFile, noPackets, suffixes, writeTrace } from '../../formats';
import { copyLarge } from '../../formats/database';
import { alternatives, numberText, plural } from '../../model/base/text';
import { Store } from '../../model/store/store';
import { complain, UsageError } from '../terminal/say';
import { endOf, openTrace } from './open';

export async function convert(from: string, to: string, options: { json?: boolean }): Promise<void> {
  if (isPacketFile(to)) throw new UsageError(`${to}: ${noPackets}`);
  if (formatOf(to) === undefined) {
    throw new UsageError(`${to}: unknown file extension. Use ${alternatives(Object.values(suffixes))}.`);
  }
  const requests = (await copyLarge(from, to)) ?? (await copyWhole(from, to));
  const { size } = await fs.stat(to);
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ format: 'nettrace-convert', version: '1.0', file: to, requests, bytes: size })}\n`,
    );
    return;
  }
  complain(`saved ${to} (${plural(requests, 'request')}, ${numberText(size)} bytes)`);
}

async function copyWhole(from: string, to: string): Promise<number> {
  const trace = await openTrace(from);
  if (trace.analysedRequests !== undefined) {
    // Of a run that memory did not hold: now all of it is here.
    const store = Store.fromDocument(trace);
    await writeTrace(withFindings(trace, store, endOf(store)), to);
  } else if (formatOf(to) === 'database') {
    const store = Store.fromDocument(trace);
    await writeTrace(trace, to, { findings: findingsOf(store, endOf(store)) });
  } else await writeTrace(trace, to);
  return trace.requests.filter((r) => r.direction !== 'in').length;
}
