/** The fastest of `npm run faults` that no other test has: each a fault that is brought about for real. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readOnlyAll } from '../../faults/scenarios/disk';
import { header } from '../../faults/scenarios/load';
import { plugAndPlay } from '../../faults/scenarios/node';
import { deleted, otherVersion } from '../../faults/scenarios/spool';
import { noProc } from '../../faults/scenarios/system';
import { broken } from '../../faults/world/scenario';
import { World } from '../../faults/world/world';
import { Nettrace } from '../testing/nettrace';

const root = join(__dirname, '../../..');
const nettrace = new Nettrace();

/** How many checks each has: one that checks nothing would hold too. */
const planned = [
  { count: 4, scenario: readOnlyAll },
  { count: 8, scenario: header(1024 * 1024) },
  { count: 9, scenario: plugAndPlay },
  { count: 8, scenario: deleted },
  { count: 6, scenario: otherVersion },
  { count: 8, scenario: noProc },
];

test.skipIf(process.platform === 'win32').each(planned)('$scenario.name', async ({ count, scenario }) => {
  const world = await World.create({ root, node: process.execPath, bin: nettrace.bin });
  const outcome = await scenario.run(world).finally(() => world.close());
  if ('notRun' in outcome) return console.warn(`${scenario.name}: skipped, ${outcome.notRun}`);
  expect(broken(outcome), outcome.measured).toEqual([]);
  expect(Object.keys(outcome.checks)).toHaveLength(count);
});
