// One request after the other: an upload, an answer that lies in the socket while the program is busy, one that is
// reset half-way; and as SERVER what answers them.
const { readFileSync } = require('node:fs');
const http = require('node:http');

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
if (process.env.SERVER) {
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.url !== '/reset') return setTimeout(() => response.end('x'.repeat(100)), 30);
      response.writeHead(200, { 'Content-Length': 100_000 });
      response.write('x'.repeat(1000));
      setTimeout(() => request.socket.resetAndDestroy(), 50);
    });
  });
  server.listen(8080, process.env.SERVER, () => console.log('ready'));
} else {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const post = (path, bytes, meanwhile) =>
    new Promise((resolve) => {
      const request = http.request(`${process.env.URL}${path}`, { method: 'POST', agent }, (response) => {
        response.resume();
        response.on('error', () => {}).on('close', resolve);
      });
      request.on('error', resolve).end(Buffer.alloc(bytes), () => meanwhile?.());
    });
  // Until an answer has lain in the socket for 200 ms.
  const lies = () => / 01 [0-9A-F]{8}:(?!0{8})/.test(readFileSync('/proc/net/tcp', 'utf8'));
  const busy = () => {
    setTimeout(() => {
      const limit = performance.now() + 20_000;
      while (!lies() && performance.now() < limit);
      for (const end = performance.now() + 200; performance.now() < end; );
    }, 10);
  };
  (async () => {
    // Between them time for the host to read that one has ended; longest where it reads for the first time.
    for (const [path, bytes, meanwhile, ms] of [
      ['/upload', 400_000, undefined, 1000],
      ['/late', 10, busy, 100],
      ['/reset', 10, undefined, 100],
    ]) {
      await post(path, bytes, meanwhile);
      await wait(ms);
    }
    agent.destroy();
  })();
}
