/**
 * npm run pictures: makes the pictures of docs/images in a real VS Code. What encodes the animated one is installed here, by
 * a lock file of its own. `npm run pictures -- -t panel`: one of them.
 */
import { spawnSync } from 'node:child_process';
import { preparations } from './prepare.mjs';
import { installPackages, main, root, SetupError, setup } from './setup.mjs';

await main(async () => {
  setup();
  await preparations.e2e();
  installPackages('test/pictures');
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'pictures', ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, vitest, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new SetupError('Not every picture was made: see above.');
});
