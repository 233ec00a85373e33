// Requests that fail, and what the garbage collector still finds of them: "KIND objects LEFT of MADE".
require('node:v8').setFlagsFromString('--expose-gc');
const http = require('node:http');
const gc = require('node:vm').runInNewContext('gc');

const made = 20;
const later = (ms) => new Promise((done) => setTimeout(done, ms));

const server = http.createServer((request, response) => {
  if (request.url === '/moved') response.writeHead(302, { location: '/' }).end('moved');
  else if (request.url === '/ok') response.end('ok');
  else response.writeHead(503).end('not now');
});

async function listen(one) {
  one.listen(0, '127.0.0.1');
  await new Promise((done) => one.once('listening', done));
  return one.address().port;
}

/** A port that nobody listens on. */
async function closedPort() {
  const server = http.createServer();
  const port = await listen(server);
  await new Promise((done) => server.close(done));
  return port;
}

/** Each makes one request, and gives the object that must not outlive it. */
const kinds = {
  refused: (port) =>
    new Promise((done) => {
      const request = http.get({ port, host: '127.0.0.1', path: '/refused' });
      request.on('error', () => done(request));
    }),
  status: () =>
    new Promise((done) => {
      const { port } = server.address();
      const request = http.get(`http://127.0.0.1:${port}/busy`, (response) =>
        response.resume().on('end', () => done(request)),
      );
    }),
  body: async (port) => {
    const body = Buffer.alloc(100_000);
    await fetch(`http://127.0.0.1:${port}/body`, { method: 'POST', body }).catch(() => {});
    return body;
  },
  // Nobody reads them: undici ends such a body when the response is collected.
  answer: () => fetch(`http://127.0.0.1:${server.address().port}/ok`),
  redirect: () => fetch(`http://127.0.0.1:${server.address().port}/moved`, { redirect: 'manual' }),
  // As got 11: its options have the same `retry` object in each try.
  retried: (() => {
    const retry = { calculateDelay() {} };
    return (port) =>
      new Promise((done) => {
        const request = http.get({ port, host: '127.0.0.1', path: '/retried', retry });
        request.on('error', () => done(request));
      });
  })(),
};

async function main() {
  await listen(server);
  const port = await closedPort();
  // Node 18 itself keeps responses that nobody reads.
  if (process.version.startsWith('v18.')) for (const kind of ['answer', 'redirect']) delete kinds[kind];
  for (const [kind, once] of Object.entries(kinds)) {
    const refs = [];
    for (let i = 0; i < made; i++) await once(port).then((object) => refs.push(new WeakRef(object)));
    let left = made;
    // The client itself may hold its last ones.
    for (let i = 0; i < 40 && left > 2; i++) {
      await later(50);
      gc();
      left = refs.filter((ref) => ref.deref() !== undefined).length;
    }
    console.log(`${kind}: ${left > 2 ? `${left} left` : 'let go'}`);
  }
  process.exit();
}

main();
