// Two connections one after the other with a kept TLS session; then one whose certificate is not checked.
const https = require('node:https');
const { readFileSync } = require('node:fs');
const agent = new https.Agent({ ca: readFileSync(process.env.UP_CA), maxCachedSessions: 10, keepAlive: false });
const port = new URL(process.env.UP_HTTPS).port;

const get = (options) =>
  new Promise((resolve, reject) => {
    https
      .get({ host: '127.0.0.1', servername: 'nettrace.test', port, path: '/ok', ...options }, (res) => {
        const { authorized } = res.socket;
        const resumed = res.socket.isSessionReused();
        res.resume();
        res.on('end', () => setTimeout(() => resolve(console.log(res.statusCode, authorized, resumed)), 30));
      })
      .on('error', reject);
  });

(async () => {
  await get({ agent });
  await get({ agent });
  const { port: expired } = new URL(process.env.UP_EXPIRED);
  await get({ agent: new https.Agent(), port: expired, rejectUnauthorized: false });
})();
