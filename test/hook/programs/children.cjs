// Starts Node three times: as it is, with NODE_OPTIONS replaced, and with an empty one. Says what each of them saw.
const { spawn } = require('node:child_process');

const script = 'process.stdout.write(process.env.MARK + " " + /max-old-space/.test(process.env.NODE_OPTIONS) + "\\n")';
const options = '--max-old-space-size=100';
const environments = [{}, { NODE_OPTIONS: options }, { NODE_OPTIONS: '' }];
async function main() {
  for (const [n, more] of environments.entries()) {
    const env = Object.freeze({ ...process.env, ...more, MARK: String(n) });
    const child = spawn('node', ['-e', script], { env, stdio: ['ignore', 'inherit', 'inherit'] });
    const [code, signal] = await new Promise((resolve) => child.on('exit', (...end) => resolve(end)));
    console.log(code, signal, child.spawnfile, child.spawnargs.length);
  }
  const missing = spawn('/no/such/program', [], { env: { NODE_OPTIONS: options } });
  missing.on('error', (error) => console.log(error.code, error.syscall, missing.pid));
}
main();
