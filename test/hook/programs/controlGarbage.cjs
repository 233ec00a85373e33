// Writes each text of CONTENTS into the file that says what is to be traced, and makes a request after the hook may look again.
const { writeFileSync } = require('node:fs');
const http = require('node:http');
const { once } = require('node:events');
const { setTimeout: delay } = require('node:timers/promises');

(async () => {
  const server = http.createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const get = async (path) => {
    const [response] = await once(http.get({ port, path, host: '127.0.0.1' }), 'response');
    response.setEncoding('utf8');
    let text = '';
    for await (const piece of response) text += piece;
    return `${response.statusCode} ${text}`;
  };
  const long = 'x'.repeat(2 * 1024 * 1024);
  for (const [i, text] of JSON.parse(process.env.CONTENTS).entries()) {
    if (process.env.NETTRACE_SPOOL)
      writeFileSync(`${process.env.NETTRACE_SPOOL}/control.json`, text === 'LONG' ? long : text);
    await delay(130);
    console.log(i, await get(`/${i}`), await fetch(`http://127.0.0.1:${port}/f${i}`).then((r) => r.text()));
  }
  server.closeAllConnections();
  server.close();
})();
