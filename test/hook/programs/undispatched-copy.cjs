// Calls that a copy of undici refuses before it makes a request, and some that it does not. Argument: the copy's folder.
const undici = require(process.argv[2]);
const base = process.env.UNDISPATCHED_URL;
const print = (e) => console.log(e.stack, e.cause?.stack);
const aborted = AbortSignal.abort(new Error('never mind'));
process.on('unhandledRejection', (e) => console.log('unhandled', e.message));
process.on('rejectionHandled', () => console.log('handled late'));
process.on('warning', (e) => console.log('warning', e.message));
const thrown = async (call) => {
  try {
    await call();
  } catch (e) {
    print(e);
  }
};

(async () => {
  const { fetch, request, Client, Pool } = undici;
  console.log(Object.keys(undici).join(' '), fetch.name, fetch.length, String(request).slice(0, 30));
  await thrown(() => fetch('http://127.0.0.1:9/port'));
  await thrown(() => fetch('nope://127.0.0.1/scheme', { method: 'put' }));
  await thrown(() => fetch(`${base.replace('//', '//user:SECRET@')}/credentials`));
  await thrown(() => fetch(new URL(`${base}/body`), { body: 'x' }));
  await thrown(() => fetch(`${base}/aborted`, { signal: aborted }));
  await thrown(() => fetch(`${base}/aborted`, { signal: aborted }));
  await thrown(() => fetch(new undici.Request(`${base}/aborted`, { method: 'POST', signal: aborted })));
  await thrown(() => fetch('data:,x').then((res) => res.text()));
  await thrown(() => request('http://user:SECRET@[bad/address'));
  await thrown(() => request('ftp://127.0.0.1/protocol', { method: 'POST' }));
  await thrown(() => request(`${base}/agent`, { agent: {} }));
  await thrown(() => request(`${base}/header`, { headers: { 'x y': '1' } }));
  await thrown(() => request({ origin: base, path: '/method', method: 'A B' }));
  await thrown(() => request(`${base}/signalled`, { signal: aborted }));
  const client = new Client(base);
  await client.close();
  await thrown(() => client.request({ path: '/closed', method: 'GET' }));
  const pool = new Pool(base);
  await pool.destroy();
  await thrown(() => pool.stream({ path: '/destroyed', method: 'GET' }, () => process.stdout));
  await thrown(() => new undici.Agent().request({ path: '/origin', method: 'GET' }));
  await thrown(async () => (await request(`${base}/ok`)).body.text());
  await thrown(async () => (await fetch(`${base}/ok`, { method: 'POST', body: 'x' })).text());
  fetch('http://127.0.0.1:9/nobody');
  const closed = AbortSignal.abort();
  await thrown(() => fetch(`${base}/aborted`, { signal: closed }));
})();
