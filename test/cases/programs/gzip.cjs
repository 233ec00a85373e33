// The same compressed body by http, which hands out what came, and by fetch, which decodes it.
const http = require('node:http');

http.get(`${process.env.UP_HTTP}/gzip?n=10000`, { agent: new http.Agent() }, (res) => {
  let bytes = 0;
  res.on('data', (d) => {
    bytes += d.length;
  });
  res.on('end', async () => {
    console.log(bytes);
    const text = await (await fetch(`${process.env.UP_HTTP}/gzip?n=10000`)).text();
    console.log(text.length);
  });
});
