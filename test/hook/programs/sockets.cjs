// Sockets without HTTP: each end there is, options, failures, and one that is still open at the exit.
const net = require('node:net');
const port = Number(process.env.SOCKETS_PORT);
const at = { port, host: '127.0.0.1' };

const closed = (socket) =>
  new Promise((resolve) => socket.on('error', () => undefined).on('close', () => resolve(socket)));
const failed = (socket) => new Promise((resolve) => socket.on('error', (e) => resolve(e.code)));
/** The server does what the first byte says. */
const say = (socket, what) => socket.write(what);

const acts = {
  async ends() {
    const peer = net.connect(port, '127.0.0.1'); // @peer
    say(peer, 'fin');
    await closed(peer.resume());
    const reset = net.connect(at); // @peerReset
    say(reset, 'reset');
    await closed(reset.resume());
    const local = net.connect(at); // @local
    say(local, 'echo');
    await closed(local.once('data', () => local.destroy()));
    const own = net.connect(at); // @localReset
    say(own, 'echo');
    await closed(own.once('data', () => own.resetAndDestroy()));
    const idle = net.connect(at); // @timeout
    say(idle, 'echo');
    await closed(idle.once('data', () => idle.setTimeout(60, () => idle.destroy())));
    const half = net.connect({ ...at, allowHalfOpen: true }); // @half
    half.resume().end('late');
    await closed(half);
    const reads = net.connect({ ...at, allowHalfOpen: true }); // @halfPeer
    say(reads, 'fin');
    await new Promise((resolve) => reads.on('end', resolve).resume());
    reads.end('more');
    await closed(reads);
    const path = net.connect(process.env.SOCKETS_PATH); // @unix
    say(path, 'fin');
    await closed(path.resume());
    // Ended by a timeout, closed when the peer has ended too; and a call that does not dial at all.
    const given = net.connect(at); // @givenUp
    say(given, 'echo');
    await closed(given.once('data', () => given.setTimeout(60, () => given.end())));
    try {
      net.connect(70_000);
    } catch (e) {
      console.log(e.code);
    }
  },
  async exit() {
    const open = net.connect(at); // @exit
    say(open, 'echo');
    open.once('data', () => process.exit(0));
    await new Promise(() => undefined);
  },
  async options() {
    const socket = net.connect({ ...at, noDelay: true, keepAlive: true, keepAliveInitialDelay: 7000 });
    say(socket, 'echo');
    socket.once('data', () => socket.setNoDelay(false).setTimeout(5000).end());
    await closed(socket.resume());
    const bound = net.connect({ ...at, localAddress: '127.0.0.5' });
    say(bound, 'fin');
    await closed(bound.resume());
  },
  async failures() {
    const refused = { port: Number(process.env.SOCKETS_CLOSED), host: '127.0.0.1' };
    const codes = {};
    const count = (code) => {
      codes[code] = (codes[code] ?? 0) + 1;
    };
    for (let i = 0; i < 10; i++) count(await failed(net.connect(refused))); // @refused
    for (let i = 0; i < 3; i++) count(await failed(net.connect({ port: 9, host: '192.0.2.1' }))); // @unreachable
    for (let i = 0; i < 2; i++) count(await failed(net.connect({ ...refused, localAddress: '192.0.2.7' }))); // @address
    for (let i = 0; i < 4; i++) count(await failed(net.connect({ port: 9, host: '198.51.100.1' }))); // @host
    const silent = [1, 2].map(() => failed(net.connect({ port: 9, host: '203.0.113.1' }))); // @silent
    for (const code of await Promise.all(silent)) count(code);
    console.log(JSON.stringify(codes));
  },
  /** Many small writes, one too large for the kernel's room, and what comes back. */
  async operations() {
    const socket = net.connect(at);
    say(socket, 'count');
    await new Promise((resolve) => socket.once('data', resolve));
    for (let i = 0; i < 20; i++) await new Promise((resolve) => socket.write('x'.repeat(100 + i), resolve));
    socket.write(Buffer.alloc(8 * 1024 * 1024), () => socket.end());
    await closed(socket.resume());
  },
  async many() {
    const socket = net.connect(at);
    say(socket, 'count');
    await new Promise((resolve) => socket.once('data', resolve));
    for (let i = 0; i < 400; i++) await new Promise((resolve) => socket.write('y', resolve));
    socket.end();
    await closed(socket.resume());
  },
  /** The hook is not visible on a socket that is traced with every option. */
  async own() {
    const socket = net.connect(at);
    say(socket, 'fin');
    const stacks = [];
    socket.on('data', () => stacks.push(new Error('in a handler').stack));
    await closed(socket);
    const seen = [
      socket.eventNames().map((name) => [String(name), socket.listenerCount(name)]),
      Object.keys(socket).filter((key) => !key.startsWith('_')),
      Object.getOwnPropertySymbols(socket).map(String),
      String(socket.push).length,
      socket._writeGeneric.length,
      socket.push === net.Socket.prototype.push,
    ];
    console.log(JSON.stringify(seen), stacks.join('\n').replace(/:\d+:\d+/g, ''));
  },
};

acts[process.argv[2]]();
