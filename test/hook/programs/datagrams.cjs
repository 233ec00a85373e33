// Sockets for datagrams: an echo of three, a closed port, two peers, one still open at the exit.
const dgram = require('node:dgram');
const port = Number(process.env.UDP_PORT);
const other = Number(process.env.UDP_OTHER);

const acts = {
  async echo() {
    const socket = dgram.createSocket('udp4'); // @echo
    let left = 3;
    const answered = new Promise((resolve) => {
      socket.on('message', () => --left === 0 && resolve());
    });
    for (const text of ['a', 'bb', 'ccc']) socket.send(text, port, '127.0.0.1');
    await answered;
    await new Promise((resolve) => socket.close(resolve));
  },
  async closed() {
    const socket = dgram.createSocket('udp4'); // @closed
    const code = new Promise((resolve) => socket.on('error', (e) => resolve(`${e.code} ${e.syscall}`)));
    await new Promise((resolve) => socket.connect(Number(process.env.UDP_CLOSED), '127.0.0.1', resolve));
    socket.send('x');
    console.log(await code);
    // The answer to the first is there before the second leaves: that one's call fails.
    socket.send('y');
    socket.send('z', (e) => socket.close(console.log(e?.code)));
  },
  async peers() {
    const socket = dgram.createSocket({ type: 'udp4' });
    await new Promise((resolve) => socket.bind({ address: '127.0.0.1' }, resolve));
    let left = 2;
    const answered = new Promise((resolve) => {
      socket.on('message', () => --left === 0 && resolve());
    });
    socket.send(Buffer.from('one'), port, '127.0.0.1');
    socket.send([Buffer.from('tw'), Buffer.from('o!')], other, '127.0.0.1');
    await answered;
    socket.close();
  },
  /** Connected to one peer after the other. */
  async again() {
    const socket = dgram.createSocket('udp4');
    for (const peer of [port, other]) {
      await new Promise((resolve) => socket.connect(peer, '127.0.0.1', resolve));
      const answered = new Promise((resolve) => socket.once('message', resolve));
      socket.send('again');
      await answered;
      if (peer === port) socket.disconnect();
    }
    socket.close();
  },
  async exit() {
    const socket = dgram.createSocket('udp6');
    socket.send('open', port, '::ffff:127.0.0.1', () => process.exit(0));
  },
  /** What throws, what is seen of the sockets, and a server of its own. */
  async own() {
    const socket = dgram.createSocket('udp4');
    const said = [];
    socket.on('message', () => said.push('message'));
    for (const bad of [() => socket.send('x', 70000), () => socket.connect(-1), () => socket.bind('x', 5, 5, 5)]) {
      try {
        bad();
      } catch (e) {
        said.push(e.code, e.stack.split('\n')[0]);
      }
    }
    socket.send('x', port, '127.0.0.1');
    await new Promise((resolve) => socket.once('message', resolve));
    const { send, bind, connect, close } = dgram.Socket.prototype;
    said.push(
      socket.eventNames().map((name) => [name, socket.listenerCount(name)]),
      Object.keys(socket),
      Object.getOwnPropertySymbols(socket).map(String),
      [send, bind, connect, close].map((f) => [f.name, f.length, String(f).slice(0, 20)]),
      Object.getOwnPropertyNames(dgram.Socket.prototype),
      socket.emit === dgram.Socket.prototype.emit,
    );
    socket.close();
    try {
      socket.close();
    } catch (e) {
      said.push(e.code);
    }
    console.log(JSON.stringify(said));
  },
};

acts[process.argv[2]]();
