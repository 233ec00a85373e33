/** The program of tiers.mjs: says what a request costs it, on a connection that is kept, and on one of its own. */
const http = require('node:http');
const [port] = process.argv.slice(2);

const get = (agent) =>
  new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, path: '/', agent }, (res) => res.resume().on('end', resolve))
      .on('error', reject);
  });

async function batch(agent, requests) {
  const cpu = process.cpuUsage();
  const begin = performance.now();
  for (let i = 0; i < requests; i++) await get(agent);
  const wall = ((performance.now() - begin) * 1000) / requests;
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: (user + system) / requests };
}

(async () => {
  const kept = new http.Agent({ keepAlive: true, maxSockets: 1 });
  await batch(kept, 500);
  const result = { 'on a connection that is kept': await batch(kept, 1500) };
  await batch(false, 200);
  result['on a connection of its own'] = await batch(false, 500);
  kept.destroy();
  console.log(JSON.stringify(result));
})();
