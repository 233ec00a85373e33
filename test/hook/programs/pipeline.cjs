// A copy of undici that the program brings: its `pipeline`, twice.
const http = require('node:http');
const { once } = require('node:events');
const { Agent, pipeline } = require(process.env.UNDICI);

(async () => {
  const server = http.createServer((request, response) => request.pipe(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dispatcher = new Agent();
  for (const path of ['/one', '/two']) {
    const url = `http://127.0.0.1:${server.address().port}${path}`;
    const duplex = pipeline(url, { method: 'POST', dispatcher }, ({ statusCode, body }) => {
      console.log(statusCode);
      return body;
    });
    duplex.end(`hello ${path}`);
    let text = '';
    for await (const piece of duplex.setEncoding('utf8')) text += piece;
    console.log(text);
  }
  await dispatcher.close();
  server.close();
})();
