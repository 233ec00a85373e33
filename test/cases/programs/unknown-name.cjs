// A name that does not exist.
const http = require('node:http');

http
  // @get
  .get('http://nosuch.invalid/', () => console.log('answered'))
  .on('error', (e) => {
    console.log(e.code, e.syscall, e.hostname);
  });
