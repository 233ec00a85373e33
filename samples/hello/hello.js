// The smallest program worth tracing: three requests, one after the other, to a server of its own.
const http = require('node:http');

const server = http.createServer((request, response) => response.end(`hello from ${request.url}\n`));
server.listen(0, '127.0.0.1', async () => {
  for (const path of ['/one', '/two', '/three']) {
    const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`);
    process.stdout.write(await response.text());
  }
  server.close();
  server.closeAllConnections(); // those that fetch keeps open for the next request
});
