// COST_REQUESTS small requests one after the other, by COST_CLIENT, over one kept connection to COST_PORT. Prints what
// the hook called meanwhile, and how long it took, as JSON; the warm-up before is not counted. COST_REST_MS: between them.
const http = require('node:http');
const { COST_CLIENT: client, COST_PORT: port, COST_REQUESTS: requests, COST_WARM_UP: warmUp } = process.env;
const restMs = Number(process.env.COST_REST_MS ?? 0);
const agent = new http.Agent({ keepAlive: true });

const one = {
  http: () =>
    new Promise((resolve, reject) => {
      http
        .get({ host: '127.0.0.1', port, path: '/', agent }, (res) => {
          res.resume();
          res.on('end', resolve);
        })
        .on('error', reject);
    }),
  fetch: async () => (await fetch(`http://127.0.0.1:${port}/`)).text(),
};

(async () => {
  for (let i = 0; i < Number(warmUp); i++) await one[client]();
  const before = hookCounts();
  const begin = performance.now();
  for (let i = 0; i < Number(requests); i++) {
    await one[client]();
    if (restMs > 0) await new Promise((done) => setTimeout(done, restMs));
  }
  const after = hookCounts();
  for (const name of Object.keys(after)) after[name] -= before[name];
  process.stdout.write(JSON.stringify({ ...after, ms: performance.now() - begin }));
  agent.destroy();
})();
