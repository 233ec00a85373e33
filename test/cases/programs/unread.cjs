// Responses nobody reads: by http and by fetch; then the program ends itself.
const http = require('node:http');

http.get(`${process.env.UP_HTTP}/bytes?n=200000`, { agent: new http.Agent() }, (res) => {
  console.log(res.statusCode);
  fetch(`${process.env.UP_HTTP}/bytes?n=200001`).then((answer) => {
    console.log(answer.status);
    setTimeout(() => process.exit(0), 50);
  });
});
