// Starts Node by each of the synchronous calls with its own NODE_OPTIONS, and prints the result.
const { execFileSync, execSync, spawnSync } = require('node:child_process');

const script = 'process.stdout.write(String(/max-old-space/.test(process.env.NODE_OPTIONS))); process.exitCode = 3';
const env = Object.freeze({ ...process.env, NODE_OPTIONS: '--max-old-space-size=100' });
const { status, stdout, stderr, signal } = spawnSync('node', ['-e', script], { env });
console.log(status, String(stdout), String(stderr), signal);
for (const start of [execFileSync.bind(null, 'node', ['-e', script]), execSync.bind(null, `node -e '${script}'`)]) {
  try {
    start({ env });
  } catch (error) {
    console.log(error.status, String(error.stdout));
  }
}
console.log(spawnSync('/no/such/program', [], { env }).error.code);
