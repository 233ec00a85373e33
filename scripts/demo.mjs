/** npm run demo: the sample under `nettrace run`, in this terminal. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main, root, setup } from './setup.mjs';

await main(() => {
  setup();
  const file = join(mkdtempSync(join(tmpdir(), 'nettrace-demo-')), 'checkout.nettrace.json');
  const command = ['run', '-o', file, '--', 'node', 'samples/checkout/dist/main.js'];
  console.error(`$ nettrace ${command.join(' ')}\n`);
  const { status } = spawnSync(process.execPath, ['dist/nettrace.cjs', ...command], { cwd: root, stdio: 'inherit' });
  if (!existsSync(file)) return status || 1;
  console.error(
    `\nThe servers of the sample are not traced on purpose.\nThe trace is in ${file}\nTo look at it: npm start, then "Net Trace: Open Trace…" in the command palette.`,
  );
  return status ?? 1;
});
