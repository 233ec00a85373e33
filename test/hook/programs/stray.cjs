// A response that is whole, and bytes after it that are none: read at once, late, or as text.
const http = require('node:http');
const [how, port] = process.argv.slice(2);
const request = http.get(
  { port, agent: how === 'kept' ? new http.Agent({ keepAlive: true }) : undefined },
  (response) => {
    if (how === 'text') response.setEncoding('utf8');
    let text = '';
    response.on('data', (piece) => {
      text += piece;
    });
    response.on('end', () => console.log('end', text, response.complete));
    response.on('error', (e) => console.log('response', e.code));
  },
);
request.on('error', (e) => console.log('error', e.code));
