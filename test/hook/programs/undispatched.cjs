// Calls that fail before anything is sent, and some that do not.
const http = require('node:http');
const https = require('node:https');
const base = process.env.UNDISPATCHED_URL;
const print = (e) => console.log(`${e.name}: ${e.message}${e.cause?.message ? ` (${e.cause.message})` : ''}`);
const control = new AbortController();
control.abort(new Error('never mind'));
const said = AbortSignal.abort('said');
process.on('unhandledRejection', (e) => console.log('unhandled', e.message));
process.on('rejectionHandled', () => console.log('handled late'));
process.on('warning', (e) => console.log('warning', e.message));

const fetches = async () => {
  await fetch('http://127.0.0.1:9/port').catch(print);
  await fetch('nope://127.0.0.1/scheme', { method: 'put' }).catch(print);
  await fetch(`${base.replace('//', '//user:SECRET@')}/credentials`).catch(print);
  await fetch(new URL(`${base}/body`), { body: 'x' }).catch(print);
  await fetch(`${base}/aborted`, { signal: control.signal }).catch((e) => console.log(String(e)));
  // Node 18 rejects with a different error.
  await fetch(`${base}/said`, { signal: said }).catch((e) => console.log(String(e)));
  await fetch('http://user:SECRET@[bad/address').catch((e) => console.log(e.name));
  await fetch('data:,x').then((res) => res.text());
  await fetch(`${base}/ok`, { method: 'POST', body: 'x' }).then((res) => res.text());
  fetch('http://127.0.0.1:9/nobody');
};

let read = 0;
class Thrower extends http.Agent {
  createConnection() {
    throw new Error('of the program');
  }
}
const calls = {
  address: () => http.get('http://user:SECRET@bad address/address'),
  protocol: () => http.request('ftp://127.0.0.1/protocol', { method: 'put' }),
  header: () => https.get(`${base.replace('http:', 'https:')}/header`, { headers: { 'x y': '1' } }),
  path: () => http.get({ host: '127.0.0.1', port: 1, path: '/a path' }),
  method: () => http.request(`${base}/method`, { method: 'A B' }),
  agent: () => http.request(`${base}/agent`, { agent: 5 }),
  signal: () => http.request(`${base}/signal`, { signal: 5 }),
  port: () => http.get({ host: '127.0.0.1', port: 1e6, path: '/port' }),
  certificate: () => https.get({ host: '127.0.0.1', port: 1, path: '/certificate', cert: 'none' }),
  own: () => http.get(`${base}/own`, { agent: new Thrower() }),
  // Options that run code of the program when they are read.
  getter() {
    const protocol = {
      enumerable: true,
      get() {
        read++;
        return 'ftp:';
      },
    };
    return http.get(Object.defineProperty({ path: '/getter' }, 'protocol', protocol));
  },
};
const throws = () => {
  for (const [name, call] of Object.entries(calls))
    try {
      call();
    } catch (e) {
      console.log(name, e.name, e.code, e.message);
    }
  console.log('read', read);
};

if (process.argv[2] === 'none')
  console.log(process.moduleLoadList.includes('NativeModule internal/deps/undici/undici'));
else if (process.argv[2] === 'throws') throws();
else fetches();
