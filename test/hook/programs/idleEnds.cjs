/** Kept connections that end while they are idle, by the server and by the program. Ports: IDLE_HTTP, IDLE_HTTPS. */
const { once } = require('node:events');
const http = require('node:http');
const https = require('node:https');

async function one(client, port, path) {
  const agent = new client.Agent({ keepAlive: true });
  const free = once(agent, 'free');
  client.get({ host: '127.0.0.1', port, path, agent, rejectUnauthorized: false }, (res) => res.resume());
  const [socket] = await free;
  const closed = once(socket, 'close');
  if (path === '/local') agent.destroy();
  await closed;
}

(async () => {
  // Idle connections do not keep the process.
  const stay = setInterval(() => {}, 1000);
  for (const path of ['/peer', '/local']) {
    await one(http, process.env.IDLE_HTTP, path);
    await one(https, process.env.IDLE_HTTPS, path);
  }
  clearInterval(stay);
})();
