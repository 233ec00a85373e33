// process.exit right after a request was sent (`sent`), in the callback of its response (`callback`), or in the very
// tick that made it (`tick`). A first request has been done before.
const http = require('node:http');
const agent = new http.Agent({ keepAlive: true });
const when = process.argv[2];

http
  // @first
  .get(`${process.env.UP_HTTP}/ok`, { agent }, (first) => {
    first.resume();
    first.on('end', () => setImmediate(second));
  })
  .on('error', () => undefined);

function second() {
  const path = when === 'callback' ? '/chunks?n=3&ms=50' : '/think?ms=1000';
  // @second
  const req = http.get(process.env.UP_HTTP + path, { agent }, () => {
    console.log('callback');
    process.exit(0);
  });
  if (when === 'sent') req.on('finish', () => setTimeout(() => process.exit(0), 30));
  if (when === 'tick') process.exit(0);
}
