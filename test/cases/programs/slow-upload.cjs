// 20 MiB by http, as fast as the socket takes them.
const http = require('node:http');
const { Readable } = require('node:stream');

const size = 20 * 1024 * 1024;
const headers = { 'content-length': size };
// @request
const req = http.request(process.env.SLOW_URL, { method: 'POST', headers, agent: new http.Agent() }, (res) => {
  res.setEncoding('utf8').on('data', (d) => console.log(d));
});
function* pieces() {
  for (let n = 0; n < size; n += 65_536) yield Buffer.alloc(65_536, 'u');
}
Readable.from(pieces()).pipe(req);
