// (a) a server that thinks and then answers at once; (b) one that sends its head at once and its body slowly.
const http = require('node:http');

const get = (path) =>
  new Promise((resolve, reject) => {
    http
      // @get
      .get(process.env.UP_HTTP + path, { agent: new http.Agent() }, (res) => {
        let bytes = 0;
        res.on('data', (d) => {
          bytes += d.length;
        });
        res.on('end', () => resolve(console.log(path, bytes)));
      })
      .on('error', reject);
  });

(async () => {
  await get('/think?ms=300');
  await get('/chunks?n=5&ms=100&size=50');
})();
