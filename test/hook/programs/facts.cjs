// Facts beyond the cases: upgrade, CONNECT, header lines, long bodies, clients that bring their own sockets.
const http = require('node:http');
const net = require('node:net');
const base = process.env.FACTS_HTTP;
const { port } = new URL(base);

const done = (req) =>
  new Promise((resolve, reject) => {
    req.on('error', reject);
    req.on('response', (res) => res.resume().on('end', () => resolve(res.statusCode)));
    req.on('upgrade', (res, socket) => {
      socket.end();
      resolve(res.statusCode);
    });
    req.on('connect', (res, socket) => {
      socket.end();
      resolve(res.statusCode);
    });
  });

/** An agent that dials by itself, in a later tick, as old proxy agents do. */
class OwnAgent extends http.Agent {
  addRequest(req) {
    const socket = net.connect(port, '127.0.0.1', () => req.onSocket(socket));
  }
}

const acts = {
  upgrade: () => done(http.get(`${base}/upgrade`, { headers: { connection: 'Upgrade', upgrade: 'own' } })),
  connect: () => done(http.request({ port, host: '127.0.0.1', method: 'CONNECT', path: 'example.test:443' }).end()),
  slow: () => done(http.get(`${base}/slow`, { agent: new http.Agent() })),
  own: () => done(http.get(`${base}/ok`, { agent: new OwnAgent() })), // @own
  headers: () =>
    done(
      http.get(`${base}/headers`, {
        agent: new http.Agent(),
        headers: {
          authorization: 'Bearer SECRET',
          'x-plain': 'plain',
          'x-skip': 'skipped',
          'x-long': 'l'.repeat(6000),
        },
      }),
    ),
  bare: () => done(new http.ClientRequest(new URL(`${base}/ok`)).end()), // @bare
  async raw() {
    const socket = net.connect(port, '127.0.0.1'); // @raw
    socket.end('GET /ok HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    await new Promise((r) => socket.resume().on('close', r));
    return 'closed';
  },
  async flush() {
    const req = http.get(`${base}/ok`, { agent: new http.Agent() });
    globalThis[Symbol.for('nettrace.hook')]?.flush();
    const { readdirSync, readFileSync } = require('node:fs');
    const folder = process.env.NETTRACE_SPOOL;
    const text = readdirSync(folder)
      .map((f) => readFileSync(`${folder}/${f}`, 'utf8'))
      .join('');
    const written = ['"k":"req"', '"k":"site"', '"k":"dial"'].map((k) => text.includes(k));
    return `${written} ${await done(req)}`;
  },
};

acts[process.argv[2]]().then((what) => console.log(what));
