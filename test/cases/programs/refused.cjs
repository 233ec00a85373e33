// A port where nothing listens.
const http = require('node:http');

http
  // @get
  .get({ host: '127.0.0.1', port: process.env.UP_CLOSED, agent: new http.Agent() }, () => console.log('answered'))
  .on('error', (e) => {
    console.log(e.code, e.syscall, e.address);
  });
