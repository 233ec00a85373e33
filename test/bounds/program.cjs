/**
 * BOUNDS requests, 20 at a time on kept connections, one in a hundred cut off by the server; says what it took of memory and time.
 */
const http = require('node:http');
const [base, n] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: 20 });

const get = (i) =>
  new Promise((resolve) => {
    const url = `${base}/${i % 100 === 0 ? 'drop' : 'ok'}?i=${i}`;
    http.get(url, { agent }, (res) => res.resume().on('end', resolve)).on('error', resolve);
  });

(async () => {
  let next = 0;
  let early;
  const memory = () => {
    global.gc();
    const { rss, heapUsed, external } = process.memoryUsage();
    return { rss, heapUsed: heapUsed + external };
  };
  const lane = async () => {
    while (next < n) {
      const i = next++;
      // By then everything is compiled and each queue has had its largest size.
      if (i === Math.floor(n / 10)) early = memory();
      await get(i);
    }
  };
  const begin = performance.now();
  const cpu = process.cpuUsage();
  await Promise.all(Array.from({ length: 20 }, lane));
  const ms = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpu);
  console.log(JSON.stringify({ perSecond: (n / ms) * 1000, cpuUs: (user + system) / n, early, late: memory() }));
  agent.destroy();
})();
