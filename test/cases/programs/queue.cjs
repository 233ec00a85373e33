// Two requests of 200 ms each over an agent that allows one socket: the second has to wait for the first.
const http = require('node:http');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

const get = (name) =>
  new Promise((resolve, reject) => {
    http
      // @get
      .get(`${process.env.UP_HTTP}/think?ms=200&${name}`, { agent }, (res) => {
        res.resume();
        res.on('end', () => resolve(console.log(name, res.statusCode)));
      })
      .on('error', reject);
  });

Promise.all([get('first'), get('second')]).then(() => agent.destroy());
