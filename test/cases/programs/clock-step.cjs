// Requests of 100 ms; during the second the wall clock is set back one hour (by the file that libfaketime reads). A
// worker thread that begins after the step makes the last one.
const http = require('node:http');
const { writeFileSync } = require('node:fs');
const { Worker, isMainThread } = require('node:worker_threads');
const agent = new http.Agent({ keepAlive: true });

const get = () =>
  new Promise((resolve, reject) => {
    http
      // @get
      .get(`${process.env.UP_HTTP}/think?ms=100`, { agent }, (res) => {
        res.resume();
        res.on('end', () => resolve(res.statusCode));
      })
      .on('error', reject);
  });

async function main() {
  const begin = Date.now();
  console.log(await get());
  const running = get();
  await new Promise((r) => setTimeout(r, 50));
  writeFileSync(process.env.FAKETIME_TIMESTAMP_FILE, '-3600\n');
  console.log(await running);
  console.log(await get());
  console.log('stepped', Date.now() - begin < -3_000_000);
  agent.destroy();
  new Worker(__filename).on('exit', (code) => console.log('worker', code));
}

if (isMainThread) main();
else get().then(() => agent.destroy());
