// Requests for a capture: many on connections of their own, then some on one connection with TLS.
const http = require('node:http');
const https = require('node:https');

const { HTTP, HTTPS, NEW, BODY } = process.env;
const get = (url, options) =>
  new Promise((resolve, reject) => {
    const lib = url.startsWith('https:') ? https : http;
    lib.get(url, options, (r) => r.resume().on('end', resolve)).on('error', reject);
  });

(async () => {
  for (let i = 0; i < Number(NEW ?? 0); i++) await get(`${HTTP}/ok?n=${i}`, { agent: false });
  if (BODY) await get(`${HTTP}/bytes?n=${BODY}`, { agent: false });
  if (!HTTPS) return;
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  for (const path of ['/ok?secret=one', '/bytes?n=3000', '/ok?third']) await get(HTTPS + path, { agent });
  agent.destroy();
})();
