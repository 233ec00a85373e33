/**
 * The benchmark's short form, for CI: fails only where the hook costs far more than when docs/performance.json was last
 * measured. What is compared is a ratio of ratios (CPU time with the hook to that without, now to then), as machines differ
 * in how fast they are.
 *   node test/bench/regression.mjs [--node 24] [--against hook.cjs]
 * `--against`: this build in place of dist's. Ends with 1 on a regression. Where the bare program strays from itself by more
 * than a tenth, the machine cannot tell, and this says so.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { hookArmOf, measurements } from './arms.mjs';
import { measure } from './measure.mjs';
import { medianWithInterval } from './statistics.mjs';

const root = join(import.meta.dirname, '../..');
const { values } = parseArgs({ options: { node: { type: 'string', default: '24' }, against: { type: 'string' } } });
const settings = { rounds: 20, precision: 0.02, processes: 2, say: () => {} };
/** By so much more than then is gross; what the interval holds is not proved. */
const gross = 1.25;
const unrest = 0.1;

const recorded = JSON.parse(readFileSync(join(root, 'docs/performance.json'), 'utf8')).main[values.node];
const { arms, loops } = measurements.main;
const compared = arms
  .filter(({ name }) => ['bare', 'bareAgain', 'hook'].includes(name))
  .map((arm) => (arm.name === 'hook' && values.against ? hookArmOf(resolve(values.against)) : arm));
const some = loops.filter(({ title }) => title.endsWith('one after the other'));

const ratio = (own, bare) => medianWithInterval(own.cpu.map((v, i) => v / bare.cpu[i]));
const text = ({ median, low, high }) => `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;

const node = join(root, `test/node/node_modules/node${values.node}/bin/node`);
const now = await measure(node, { arms: compared, loops: some }, settings);
for (const { title } of some) {
  const { bare, bareAgain, hook } = now[title];
  const then = ratio(recorded.loops[title].hook, recorded.loops[title].bare).median;
  const measured = ratio(hook, bare);
  const strays = ratio(bareAgain, bare);
  const unquiet = Math.abs(strays.median - 1) > unrest;
  const worse = measured.low / then > gross;
  const verdict = unquiet ? 'the machine cannot tell' : worse ? 'FAR MORE THAN THEN' : 'within what it was';
  console.log(`${title}: CPU ${text(measured)}, then ${then.toFixed(2)}, A/A ${text(strays)}: ${verdict}`);
  if (worse && !unquiet) process.exitCode = 1;
}
