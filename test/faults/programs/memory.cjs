// Asks so many times, and once at the gate; then takes memory until there is no more, if the second argument says so.
const http = require('node:http');
const agent = new http.Agent({ keepAlive: true, maxSockets: 10 });
const n = Number(process.argv[2]);
let answered = 0;

const get = (path) =>
  new Promise((resolve, reject) => {
    http
      .get(process.env.SERVER + path, { agent }, (response) => {
        response.resume().on('end', () => {
          answered++;
          resolve();
        });
      })
      .on('error', reject);
  });

(async () => {
  for (let i = 0; i < n; i += 10) await Promise.all(Array.from({ length: 10 }, (_, k) => get(`/memory?${i + k}`)));
  if (process.argv[3] !== 'at once') await get('/gate');
  const { heapUsed, rss } = process.memoryUsage();
  require('node:fs').writeFileSync(process.env.FAULTS_REPORT, JSON.stringify({ heapUsed, rss }));
  console.log('answered', answered);
  agent.destroy();
  if (process.argv[3] === 'heap' || process.argv[3] === 'at once') {
    const kept = [];
    for (;;) kept.push(new Array(10_000).fill(kept.length));
  }
  if (process.argv[3] === 'outside') {
    const kept = [];
    for (;;) kept.push(Buffer.alloc(4 * 1024 * 1024, kept.length));
  }
})();
