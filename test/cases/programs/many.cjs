// 100 requests, 20 at a time, each worker lane on kept connections, and two lookups of localhost.
const http = require('node:http');
const agent = new http.Agent({ keepAlive: true, maxSockets: 20 });

const get = (url) =>
  new Promise((resolve, reject) => {
    http
      .get(url, { agent }, (res) => {
        res.resume();
        res.on('end', () => resolve(res.statusCode));
      })
      .on('error', reject);
  });

(async () => {
  let next = 0;
  const counts = {};
  const lane = async () => {
    while (next < 100) {
      const i = next++;
      const status = await get(`${process.env.UP_HTTP}/status?is=${200 + (i % 3) * 100 + (i % 2)}&i=${i}`);
      counts[status] = (counts[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 20 }, lane));
  console.log(JSON.stringify(counts));
  const { port } = new URL(process.env.UP_HTTP);
  console.log(await get(`http://localhost:${port}/ok`));
  agent.destroy();
})();
