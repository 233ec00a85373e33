// Starts Node with the preloads of NODE_OPTIONS as Next.js writes them: with an equals sign, and several as one path.
const { spawn, spawnSync } = require('node:child_process');
const { rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const own = join(process.env.TMPDIR ?? '/tmp', `own-${process.pid}.cjs`);
writeFileSync(own, 'process.stdout.write("own ")');
const paths = [...(process.env.NODE_OPTIONS ?? '').matchAll(/--require[ =]"?([^ "]+)/g)].map((m) => m[1]);
const script = 'process.stdout.write("ran")';
(async () => {
  for (const all of [paths, [...paths, ...paths], [...paths, own]]) {
    if (all.length === 0) all.push(own);
    const value = all.join(' ');
    const env = { ...process.env, NODE_OPTIONS: `--require=${value.includes(' ') ? JSON.stringify(value) : value}` };
    const { status, stderr, stdout } = spawnSync('node', ['-e', script], { env });
    console.log(status, String(stderr), String(stdout).includes('ran'));
    if (process.argv[2] === 'sync') continue;
    const child = spawn('node', ['-e', script], { env, stdio: 'ignore' });
    console.log(await new Promise((done) => child.on('exit', done)));
  }
  rmSync(own);
})();
