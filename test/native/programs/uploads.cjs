// Three requests on one connection: a small one, a large one, a small one; and as SERVER what answers them.
const http = require('node:http');

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
if (process.env.SERVER) {
  const server = http.createServer((request, response) => {
    let bytes = 0;
    request.on('data', (piece) => {
      bytes += piece.length;
    });
    request.on('end', () => {
      console.log(request.url);
      response.end(String(bytes));
    });
  });
  server.listen(8080, process.env.SERVER, () => console.log('ready'));
} else {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const post = (path, bytes) =>
    new Promise((resolve, reject) => {
      const request = http.request(`${process.env.URL}${path}`, { method: 'POST', agent }, (response) => {
        response.resume();
        response.on('end', resolve);
      });
      request.on('error', reject).end(Buffer.alloc(bytes));
    });
  (async () => {
    // Between them time for the host to read that one has ended; longest where it reads for the first time.
    for (const [path, bytes, ms] of [
      ['/first', 10, 1200],
      ['/large', 400_000, 500],
      ['/last', 10, 200],
    ]) {
      await post(path, bytes);
      await wait(ms);
    }
    agent.destroy();
  })();
}
