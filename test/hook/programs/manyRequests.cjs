// REQUESTS requests, ten at a time, to its own server.
const http = require('node:http');

const total = Number(process.env.REQUESTS);
const agent = new http.Agent({ keepAlive: true, maxSockets: 10 });
const server = http
  .createServer((_, response) => response.end('ok'))
  .listen(0, '127.0.0.1', async () => {
    const { port } = server.address();
    const get = () =>
      new Promise((done) => http.get({ host: '127.0.0.1', port, agent }, (r) => r.resume().on('end', done)));
    for (let made = 0; made < total; made += 10)
      await Promise.all(Array.from({ length: Math.min(10, total - made) }, get));
    agent.destroy();
    server.close();
  });
