// Makes a request every 10 ms until somebody kills it.
const http = require('node:http');
const agent = new http.Agent({ keepAlive: true });

let done = 0;
setInterval(() => {
  http.get(`${process.env.UP_HTTP}/ok?i=${done}`, { agent }, (res) => {
    res.resume();
    res.on('end', () => console.log(++done));
  });
}, 10);
