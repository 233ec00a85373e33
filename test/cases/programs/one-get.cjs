// One GET of an address literal on its own connection.
const http = require('node:http');

// @get
http.get(`${process.env.UP_HTTP}/ok`, { agent: new http.Agent() }, (res) => {
  let bytes = 0;
  res.on('data', (d) => {
    bytes += d.length;
  });
  res.on('end', () => console.log(res.statusCode, bytes));
});
