/** ACCURACY_N requests one after the other, each on its own connection. */
const http = require('node:http');
const https = require('node:https');
const ca = require('node:fs').readFileSync(process.env.UP_CA);
const [client, url, n] = process.argv.slice(2);

const classic = () =>
  new Promise((resolve, reject) => {
    const module = url.startsWith('https') ? https : http;
    module.get(url, { agent: false, ca }, (res) => res.resume().on('end', resolve)).on('error', reject);
  });
const one = {
  http: classic,
  https: classic,
  fetch: async () => (await fetch(url, { headers: { connection: 'close' } })).text(),
};

(async () => {
  for (let i = 0; i < Number(n); i++) {
    await one[client]();
    await new Promise((r) => setTimeout(r, 2));
  }
})();
