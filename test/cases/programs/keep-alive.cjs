// Five requests, one after the other, on a kept connection.
const http = require('node:http');
const agent = new http.Agent({ keepAlive: true });

const get = () =>
  new Promise((resolve, reject) => {
    http
      // @get
      .get(`${process.env.UP_HTTP}/ok`, { agent }, (res) => {
        res.resume();
        res.on('end', () => resolve(res.statusCode));
      })
      .on('error', reject);
  });

(async () => {
  for (let i = 0; i < 5; i++) {
    console.log(await get(), i);
    await new Promise((r) => setTimeout(r, 20));
  }
  agent.destroy();
})();
