// TLS without HTTP, and once with it: what is agreed, verified, resumed, asked for, and how it fails.
const https = require('node:https');
const tls = require('node:tls');
const { readFileSync } = require('node:fs');
const port = Number(process.env.TLS_PORT);
const ca = readFileSync(process.env.TLS_CA);
const at = { port, host: '127.0.0.1', servername: 'localhost', ca };

const over = (socket) =>
  new Promise((resolve) => {
    let code = 'none';
    socket.on('error', (e) => {
      code = e.code;
    });
    socket.on('close', () => resolve(code));
    socket.resume();
  });

const acts = {
  /** Unknown authority: refused, then accepted. */
  async unknown() {
    console.log(await over(tls.connect({ ...at, ca: undefined })));
    const accepted = tls.connect({ ...at, ca: undefined, rejectUnauthorized: false });
    console.log(await over(accepted), accepted.authorizationError);
  },
  async name() {
    console.log(await over(tls.connect({ ...at, servername: 'other.test' })));
  },
  async alert() {
    console.log(await over(tls.connect({ ...at, maxVersion: 'TLSv1.2' })));
  },
  async silent() {
    const socket = tls.connect({ ...at, port: Number(process.env.TLS_SILENT) });
    socket.once('connect', () => socket.setTimeout(80, () => socket.destroy()));
    console.log(await over(socket));
  },
  async garbage() {
    const code = await over(tls.connect({ ...at, port: Number(process.env.TLS_GARBAGE) }));
    console.log(code.startsWith('ERR_SSL'));
  },
  async mutual() {
    const [key, cert] = [readFileSync(process.env.TLS_KEY), readFileSync(process.env.TLS_CERT)];
    console.log(await over(tls.connect({ ...at, key, cert, ALPNProtocols: ['own/1', 'http/1.1'] })));
  },
  async ocsp() {
    console.log(await over(tls.connect({ ...at, requestOCSP: true })));
  },
  /** The agent of https resumes by itself. */
  async resume() {
    for (let i = 0; i < 2; i++) {
      await new Promise((resolve, reject) => {
        const agentless = { ...at, headers: { connection: 'close' } };
        https.get(agentless, (res) => res.resume().on('close', resolve)).on('error', reject);
      });
    }
  },
  /** Chains of several lengths; the program trusts all of them. */
  async chains() {
    const trusted = [readFileSync(process.env.TLS_CHAIN)];
    for (const [version, port] of JSON.parse(process.env.TLS_CHAINS)) {
      const options = { ...at, port, ca: trusted, minVersion: version, maxVersion: version, requestOCSP: true };
      await over(tls.connect(options));
    }
  },
  /** The server reports only after the handshake that it wants a certificate. */
  async refused() {
    console.log(await over(tls.connect(at)));
  },
  /** A socket that begins in the clear, as databases do. */
  async start() {
    const plain = require('node:net').connect(port, '127.0.0.1');
    await new Promise((resolve) => plain.once('connect', resolve));
    console.log(await over(tls.connect({ ...at, socket: plain })));
  },
  async own() {
    const socket = tls.connect(at);
    socket.on('data', () => undefined);
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    console.log(
      socket.eventNames().map((name) => `${String(name)} ${socket.listenerCount(name)}`),
      Object.keys(socket).filter((key) => !key.startsWith('_')),
      Object.getOwnPropertySymbols(socket).map(String),
    );
    await over(socket);
  },
  async request() {
    await new Promise((resolve) =>
      https.get(
        { ...at, path: process.env.TLS_PATH, agent: new https.Agent({ maxVersion: process.env.TLS_MAX }) },
        (res) => res.resume().on('close', resolve),
      ),
    );
  },
};

acts[process.argv[2]]();
