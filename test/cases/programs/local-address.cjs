// A local address chosen by the program.
const http = require('node:http');

http.get(`${process.env.UP_HTTP}/ok`, { localAddress: '127.0.0.5', agent: new http.Agent() }, (res) => {
  res.resume();
  res.on('end', () => console.log(res.statusCode));
});
