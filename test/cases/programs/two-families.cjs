// A name with ::1 first, where nothing answers, and 127.0.0.1, where a server does. Without Happy Eyeballs (Node 18) nobody
// would give up on ::1, so the program does after 700 ms.
const http = require('node:http');

// @get
const req = http.get({ host: 'both.test', port: process.env.UP_PORT, path: '/ok', agent: new http.Agent() }, (res) => {
  res.resume();
  res.on('end', () => {
    clearTimeout(timer);
    console.log(res.statusCode);
  });
});
req.on('error', (e) => console.log(e.code));
const timer = setTimeout(() => req.destroy(), process.version.startsWith('v18') ? 700 : 60_000);
