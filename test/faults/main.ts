/** Runs the scenarios in turn, each in folders of its own and on each Node, and writes the table. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Row, report, verdictOf } from './report';
import { scenarios } from './scenarios/all';
import { broken, type Outcome, type Scenario } from './world/scenario';
import { type Setup, World } from './world/world';

interface Choice {
  readonly root: string;
  /** Major versions of Node that run the programs. */
  readonly versions: readonly number[];
  /** Empty: all. */
  readonly names: readonly string[];
  /** To docs/faults.md; else printed alone. */
  readonly isWritten: boolean;
}

/** The exit code: 1 if a promise was not held. */
export async function main({ root, versions, names, isWritten }: Choice): Promise<number> {
  const chosen = scenarios.filter(({ name }) => names.length === 0 || names.some((word) => name.startsWith(word)));
  const rows: Row[] = [];
  for (const scenario of chosen) {
    const outcomes = new Map<number, Outcome>();
    rows.push({ scenario, outcomes });
    for (const version of versions) {
      const begin = performance.now();
      const node = join(root, `test/node/node_modules/node${version}/bin/node`);
      const outcome = await outcomeOf(scenario, { root, node, bin: join(root, 'dist/nettrace.cjs') });
      outcomes.set(version, outcome);
      const measured = 'notRun' in outcome ? '' : ` (${outcome.measured})`;
      const seconds = ((performance.now() - begin) / 1000).toFixed(1);
      console.log(`${scenario.name}, Node ${version}: ${verdictOf(outcome)}${measured} [${seconds} s]`);
    }
  }
  if (isWritten) writeFileSync(join(root, 'docs/faults.md'), report(rows, versions));
  const outcomes = rows.flatMap((row) => [...row.outcomes.values()]);
  return outcomes.some((outcome) => 'checks' in outcome && broken(outcome).length > 0) ? 1 : 0;
}

/** A scenario that breaks by itself has not shown that its promise is held. */
async function outcomeOf(scenario: Scenario, setup: Setup): Promise<Outcome> {
  const world = await World.create(setup);
  try {
    return await scenario.run(world);
  } catch (error) {
    return { measured: '', checks: { [`it did not run to its end: ${error}`]: false } };
  } finally {
    world.close();
  }
}
