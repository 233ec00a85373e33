// node:http from CommonJS.
const http = require('node:http');
const agent = new http.Agent({ keepAlive: true });
const base = process.env.UP_HTTP;

const done = (req) =>
  new Promise((resolve, reject) => {
    req.on('error', reject).on('response', (res) => {
      let bytes = 0;
      res.on('data', (d) => {
        bytes += d.length;
      });
      res.on('end', () => resolve(`${res.statusCode} ${bytes}`));
    });
  });

(async () => {
  console.log('first', await done(http.get(`${base}/ok?n=1`, { agent }))); // @first
  console.log('second', await done(http.get(`${base}/ok?n=2`, { agent }))); // @second
  const post = http.request(`${base}/echo`, { agent, method: 'POST' }); // @post
  post.end('x'.repeat(1000));
  console.log('post', await done(post));
  console.log('redirect', await done(http.get(`${base}/redirect?n=1`, { agent }))); // @redirect
  console.log('status', await done(http.get(`${base}/status?is=503`, { agent }))); // @status
  const think = (p) => done(http.get(`${base}/think?ms=30&p=${p}`, { agent })); // @parallel
  console.log('parallel', ...(await Promise.all([think('a'), think('b')])));
  agent.destroy();
})();
