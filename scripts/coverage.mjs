/**
 * npm run coverage: runs each client, loader and tool beside us as the real package and writes the tables of docs/coverage.md.
 * Their packages are installed here, by lock files of their own, so that a clone is no larger for them.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { installPackages, main, root, SetupError, setup } from './setup.mjs';

await main(() => {
  const { values } = parseArgs({ options: { node: { type: 'string', default: '24' }, only: { type: 'string' } } });
  setup();
  for (const folder of [
    'test/node',
    'test/matrix/clients',
    'test/coverage/clients',
    'test/coverage/loaders',
    'test/coverage/tools',
  ])
    installPackages(folder);
  const env = {
    ...process.env,
    COVERAGE_NODE: values.node,
    // With a part of the clients nothing is written.
    ...(values.only === undefined
      ? { COVERAGE_DATE: new Date().toISOString().slice(0, 10) }
      : { COVERAGE_ONLY: values.only }),
  };
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'coverage'];
  // What is asked for may be in one of the tables only.
  if (values.only !== undefined) vitest.push('--passWithNoTests');
  const { status } = spawnSync(process.execPath, vitest, { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) throw new SetupError('Not every client ran: see above. docs/coverage.md may be as it was.');
});
