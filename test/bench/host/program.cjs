// Makes as many requests as asked for, as fast as it can: 20 at once over kept connections, to a server in the same
// process. Prints when it is done.
const http = require('node:http');
const count = Number(process.argv[2]);
const server = http
  .createServer((_, res) => res.end('ok'))
  .listen(0, '127.0.0.1', async () => {
    const agent = new http.Agent({ keepAlive: true });
    const { port } = server.address();
    let made = 0;
    const one = () =>
      new Promise((resolve, reject) => {
        const request = { port, host: '127.0.0.1', agent, path: `/items/${made++}` };
        http.get(request, (res) => res.resume().on('end', resolve)).on('error', reject);
      });
    const another = async () => {
      while (made < count) await one();
    };
    await Promise.all(Array.from({ length: 20 }, another));
    process.stdout.write(`end ${Date.now()}`);
    process.exit(0);
  });
