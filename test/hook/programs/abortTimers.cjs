// Requests that the program aborts: in the callback of a timer, one step after it, in a repeating one, and without any.
const http = require('node:http');
const server = http.createServer((q, answer) => {
  heard.get(q.url)?.();
  if (q.url === '/answered') answer.end('x');
});
const heard = new Map();
const said = (path) => (e) => console.log(path, e.name, e.code);

server.listen(0, '127.0.0.1', async () => {
  const origin = `http://127.0.0.1:${server.address().port}`;
  const run = async (path, abortSoon, ask) => {
    const control = new AbortController();
    const arrived = new Promise((resolve) => heard.set(path, resolve));
    const ended = ask(`${origin}${path}`, control.signal).catch(said(path));
    await arrived;
    await abortSoon(control);
    await ended;
  };
  const byFetch = (url, signal) => fetch(url, { signal });
  const byHttp = (url, signal) =>
    new Promise((resolve, reject) => http.get(url, { signal }, resolve).on('error', reject));
  const inTimer = (control) => new Promise((done) => setTimeout(() => done(control.abort()), 70));
  await run('/fetch', inTimer, byFetch);
  await run('/http', inTimer, byHttp);
  await run(
    '/reason',
    (control) => new Promise((done) => setTimeout(() => done(control.abort(new Error('late'))), 60)),
    byHttp,
  );
  await run(
    '/step',
    async (control) => {
      await new Promise((done) => setTimeout(done, 50));
      control.abort();
    },
    byFetch,
  );
  await run('/immediate', (control) => new Promise((done) => setImmediate(() => done(control.abort()))), byFetch);
  server.closeAllConnections();
  server.close();
});
