// The server resets the connection after 10 KiB of a declared 100 KiB.
const http = require('node:http');

let bytes = 0;
http
  // @get
  .get(`${process.env.UP_HTTP}/rst?send=10240&of=102400`, { agent: new http.Agent() }, (res) => {
    res.on('data', (d) => {
      bytes += d.length;
    });
    res.on('error', (e) => console.log('response', e.code, bytes));
    res.on('close', () => console.log('close', res.complete));
  })
  .on('error', (e) => console.log('request', e.code));
