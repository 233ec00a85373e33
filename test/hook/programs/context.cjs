// A server that makes requests for those it answers, and labels. Argument 1 says which.
const http = require('node:http');
const http2 = require('node:http2');
const base = process.env.UP_HTTP;
const label = globalThis[Symbol.for('nettrace.label')] ?? ((_name, body, ...args) => body(...args));

const get = (path) =>
  new Promise((done, fail) => {
    http.get(`${base}${path}`, (a) => a.resume().on('end', () => done(a.statusCode))).on('error', fail);
  });
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const acts = {
  async incoming() {
    const answers = [];
    const answer = async (q, r) => {
      // The client of the third goes away before there is an answer.
      if (answers.length === 2) await new Promise((done) => r.on('close', done));
      await pause(q.url === '/a' ? 30 : 10);
      await get(`/ok?for=${q.url}`);
      await fetch(`${base}/ok?fetch=${q.url}`).then((a) => a.text());
      r.end('done');
    };
    const server = http.createServer((q, r) => answers.push(answer(q, r)));
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    const own = `http://127.0.0.1:${server.address().port}`;
    const ask = (path) => fetch(own + path).then((a) => a.text());
    await Promise.all([ask('/a'), ask('/b')]);
    await get('/ok?alone');
    // The client goes away before the answer.
    const q = http.get(`${own}/a`).on('error', () => {});
    while (answers.length < 3) await pause(5);
    q.destroy();
    await Promise.all(answers);
    await pause(20);
    server.close();
    server.closeAllConnections?.();
  },
  async incoming2() {
    const answers = [];
    const answer = async (stream, headers) => {
      stream.on('error', () => {});
      if (answers.length === 2) await new Promise((done) => stream.on('close', done));
      await pause(headers[':path'] === '/a' ? 30 : 10);
      await get(`/ok?for=${headers[':path']}`);
      if (stream.destroyed) return;
      stream.respond({ ':status': 201 });
      stream.end('done');
    };
    const server = http2.createServer();
    server.on('stream', (stream, headers) => answers.push(answer(stream, headers)));
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    const session = http2.connect(`http://127.0.0.1:${server.address().port}`);
    const ask = (path) => {
      const stream = session.request({ ':path': path });
      return [stream, new Promise((done) => stream.resume().on('close', () => done(stream.rstCode)))];
    };
    console.log(...(await Promise.all([ask('/a')[1], ask('/b')[1]])));
    await get('/ok?alone');
    const [stream, closed] = ask('/a');
    while (answers.length < 3) await pause(5);
    stream.close(8);
    console.log(await closed);
    await Promise.all(answers);
    session.close();
    await new Promise((done) => server.close(done));
  },
  async label() {
    const inner = async (n) => {
      await pause(5);
      await get(`/ok?n=${n}`); // @inner
      return n;
    };
    const [a, b] = await Promise.all([label('job one', inner, 1), label('job two', () => inner(2))]);
    await get('/ok?n=0');
    await label('outer', async () => {
      await label('nested', () => inner(3));
      await inner(4);
    });
    const thrown = (() => {
      try {
        return label('throws', () => {
          throw new Error('own');
        });
      } catch (e) {
        return e.message;
      }
    })();
    console.log(a, b, thrown);
  },
  async stack() {
    async function third() {
      await pause(1);
      return get('/ok?stack'); // @third
    }
    async function second() {
      await pause(1);
      return await third(); // @second
    }
    async function first() {
      return await second(); // @first
    }
    await first(); // @call
    await fetch(`${base}/ok`).then((a) => a.text()); // @fetch
    await fetch(`${base}/think?ms=1000`, { signal: AbortSignal.timeout(50) }).catch(() => {}); // @timer
  },
};
acts[process.argv[2]]().then(() => http.globalAgent.destroy());
