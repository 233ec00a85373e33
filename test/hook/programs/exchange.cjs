// What happens in an exchange: informational replies, slow uploads, protocol switches, streams, headers, bodies.
const http = require('node:http');
const { Readable } = require('node:stream');
const base = process.env.EXCHANGE_HTTP;
const clients = process.env.EXCHANGE_CLIENTS;
const agent = new http.Agent();

const ended = (res) =>
  new Promise((resolve, reject) => {
    res.resume().on('end', () => resolve(res.statusCode));
    res.on('error', reject);
  });
const answered = (req) =>
  new Promise((resolve, reject) => {
    req.on('response', (res) => resolve(ended(res)));
    req.on('error', reject);
  });

const size = 5 * 1024 * 1024;
const piece = Buffer.alloc(65_536, 'u');
function* pieces() {
  for (let n = 0; n < size; n += piece.length) yield piece;
}
const stream = () => ReadableStream.from?.(pieces()) ?? Readable.toWeb(Readable.from(pieces()));

async function echo(socket, send, wait) {
  for (let i = 0; i < 10; i++) {
    send('x'.repeat(100));
    await wait();
  }
  socket.close();
  await new Promise((r) => {
    socket.onclose = r;
  });
  return 'closed';
}

function webSocket(Kind, origin = base) {
  return new Promise((resolve, reject) => {
    const ws = new Kind(`${origin.replace('http', 'ws')}/echo?${Kind === globalThis.WebSocket ? 'global' : 'ws'}`); // @socket
    ws.onerror = (e) => reject(new Error(e.message));
    ws.onopen = () =>
      resolve(
        echo(
          ws,
          (text) => ws.send(text),
          () =>
            new Promise((r) => {
              ws.onmessage = r;
            }),
        ),
      );
  });
}

const acts = {
  early: () => answered(http.get(`${base}/early`, { agent })),
  'early-fetch': async () => {
    const res = await fetch(`${base}/early?fetch`);
    return `${res.status} ${(await res.text()).length}`;
  },
  expect: () => {
    const req = http.request(`${base}/expect`, { agent, method: 'POST', headers: { expect: '100-continue' } });
    req.on('continue', () => req.end('the body'));
    req.flushHeaders();
    return answered(req);
  },
  write: async () => {
    const req = http.request(`${base}/slow-read?write`, { agent, method: 'POST', headers: { 'content-length': size } });
    const done = answered(req);
    for (const p of pieces()) if (!req.write(p)) await new Promise((r) => req.once('drain', r));
    req.end();
    return done;
  },
  pipe: () => {
    const req = http.request(`${base}/slow-read?pipe`, { agent, method: 'POST' });
    Readable.from(pieces()).pipe(req);
    return answered(req);
  },
  'upload-fetch': async () => {
    const res = await fetch(`${base}/slow-read?fetch`, { method: 'POST', body: stream(), duplex: 'half' });
    return `${res.status} ${await res.text()}`;
  },
  'upload-undici': async (name) => {
    const { request, Agent } = require(`${clients}/${name}`);
    const dispatcher = new Agent();
    const res = await request(`${base}/slow-read?${name}`, {
      method: 'POST',
      body: Readable.from(pieces()),
      dispatcher,
    });
    const text = `${res.statusCode} ${await res.body.text()}`;
    await dispatcher.close();
    return text;
  },
  // 20 MiB to a server that does not read; given up when the kernel takes no more.
  stops: () =>
    new Promise((resolve) => {
      const req = http.request(`${base}/stops`, { agent: false, method: 'POST' });
      req.on('error', (e) => resolve(e.message)).write(Buffer.alloc(20 * 1024 * 1024, 's'));
      req.on('socket', (socket) => {
        socket.once('connect', () => setTimeout(() => req.destroy(new Error('given up')), 100));
      });
    }),
  // The answer is there before the program has given its whole body.
  answers: () =>
    new Promise((resolve) => {
      const own = new http.Agent({ keepAlive: true });
      const req = http.request(`${base}/answers`, { agent: own, method: 'POST' }, (res) =>
        res.resume().on('end', () => setTimeout(() => req.end('the rest'), 30)),
      );
      req.on('error', (e) => resolve(e.code)).write('some');
      req.on('close', () => {
        own.destroy();
        resolve('over');
      });
    }),
  ws: () => webSocket(require(`${clients}/ws`)),
  websocket: () => webSocket(WebSocket),
  wss: () => webSocket(require(`${clients}/ws`), process.env.EXCHANGE_HTTPS),
  'switch-undici': async (name) => {
    const { upgrade, Agent } = require(`${clients}/${name}`);
    const dispatcher = new Agent();
    const { socket } = await upgrade(`${base}/own?${name}`, { protocol: 'own', dispatcher });
    socket.write('ping');
    const text = await new Promise((r) => socket.once('data', (d) => r(String(d))));
    socket.end('bye');
    await new Promise((r) => socket.on('close', r).resume());
    return text;
  },
  // Nobody listens for the switch.
  unheard: () =>
    new Promise((resolve) => {
      const headers = { connection: 'Upgrade', upgrade: 'own' };
      const req = http.get(`${base}/own?unheard`, { agent: false, headers }, () => {});
      req.on('close', () => resolve('over'));
      req.on('error', () => {});
    }),
  // The first piece comes with the reply; the socket is open when the program ends itself.
  open: () =>
    new Promise((resolve) => {
      const headers = { connection: 'Upgrade', upgrade: 'own' };
      http
        .get(`${base}/own?open`, { agent, headers }, () => {})
        .on('upgrade', (_, socket, head) => {
          const first = String(head);
          socket.write('ping');
          socket.once('data', (d) => {
            resolve(`${first} ${d}`);
            setTimeout(() => process.exit(0), 100);
          });
        });
    }),
  stream: (n) => answered(http.get(`${base}/stream?n=${n}`, { agent })),
  'stream-fetch': async (n) => (await (await fetch(`${base}/stream?n=${n}&fetch`)).text()).length,
};

// `name` or `name:argument`; each argument of the program is a group of them, done at once.
new Request('http://127.0.0.1/');
(async () => {
  for (const group of process.argv.slice(2)) {
    const names = group.split(',');
    const all = await Promise.all(
      names.map((one) => {
        const [name, argument] = one.split(':');
        return acts[name](argument);
      }),
    );
    for (const [i, what] of all.entries()) console.log(names[i], what);
  }
})();
