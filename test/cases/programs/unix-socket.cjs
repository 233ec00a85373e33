// HTTP over a Unix socket.
const http = require('node:http');

http.get({ socketPath: process.env.UP_SOCKET, path: '/ok', agent: new http.Agent() }, (res) => {
  res.resume();
  res.on('end', () => console.log(res.statusCode));
});
