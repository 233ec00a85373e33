// The server closes the kept connection 50 ms after its answer, so the second request needs a new one.
const http = require('node:http');
const agent = new http.Agent({ keepAlive: true });

const get = (path) =>
  new Promise((resolve, reject) => {
    http
      .get(process.env.UP_HTTP + path, { agent }, (res) => {
        res.resume();
        res.on('end', () => resolve(console.log(res.statusCode)));
      })
      .on('error', reject);
  });

(async () => {
  await get('/expire');
  await new Promise((r) => setTimeout(r, 200));
  await get('/ok');
  agent.destroy();
})();
