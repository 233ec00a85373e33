// COUNT requests to a port where nobody listens, then one to a server of its own.
const http = require('node:http');

const once = (port) =>
  new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, agent: false }, (response) => {
      response.resume();
      response.on('end', resolve);
    });
    request.on('error', resolve);
  });

(async () => {
  for (let i = 0; i < Number(process.env.COUNT); i++) await once(1);
  const server = http.createServer((_, response) => response.end('x'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  await once(server.address().port);
  server.close();
})();
