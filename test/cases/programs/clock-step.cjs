// Three requests of 100 ms; after the first the wall clock is set back one hour (by the file that libfaketime reads).
const http = require('node:http');
const { writeFileSync } = require('node:fs');
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

(async () => {
  const begin = Date.now();
  console.log(await get());
  const running = get();
  await new Promise((r) => setTimeout(r, 50));
  writeFileSync(process.env.FAKETIME_TIMESTAMP_FILE, '-3600\n');
  console.log(await running);
  console.log(await get());
  console.log('stepped', Date.now() - begin < -3_000_000);
  agent.destroy();
})();
