/** docs/guides/packets.md: its commands run, and the packets are those of the one request. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratch } from '../../../src/session/testing/scratch';
import { examplesIn, guide, missingOf, printedBy, writePrograms } from '../../support/guides';
import { shipped, whyNot } from '../testing/helper';

const why = whyNot('the guide to packets', { root: true, programs: ['tshark'] });

test.skipIf(why)('capture one request as pcap', async () => {
  const page = guide('packets.md');
  const folder = scratch();
  writePrograms(page, folder);
  const nettrace = shipped();
  for (const { command, shown } of examplesIn(page)) {
    const { code, text } = await printedBy(nettrace, command, folder);
    expect(code, text).toBe(0);
    expect(missingOf(text, shown), text).toBeUndefined();
  }
  const file = join(folder, 'one.pcapng');
  // Its server has another port in each run, which tshark does not take for HTTP by itself.
  const fields = ['-T', 'fields', '-e', 'tcp.payload'];
  const payloads = execFileSync('tshark', ['-r', file, ...fields], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const sent = payloads.split('\n').map((hex) => Buffer.from(hex, 'hex').toString('latin1'));
  expect(sent.filter((one) => one.startsWith('GET /report '))).toHaveLength(1);
  expect(sent.filter((one) => one.startsWith('GET /user '))).toEqual([]);
});
