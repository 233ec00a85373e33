// An exception nobody catches, thrown in the handler of a response.
const http = require('node:http');

function handler(res) {
  console.log(res.statusCode);
  throw new TypeError('handler failed');
}

http.get(`${process.env.UP_HTTP}/ok`, { agent: new http.Agent() }, handler); // @get
