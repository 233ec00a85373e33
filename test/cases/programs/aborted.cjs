// Requests that the program itself gives up after 60 ms: http by destroy and by signal, fetch by signal; then one by
// the agent's idle timeout.
const http = require('node:http');
const url = `${process.env.UP_HTTP}/silent`;

const byHttp = (options, give) =>
  new Promise((resolve) => {
    const req = http.get(url, { agent: new http.Agent(), ...options });
    req.on('error', (e) => resolve(console.log(e.name, e.code)));
    give?.(req);
  });

// What fetch needs is loaded before the time runs.
new Request(url);
(async () => {
  await byHttp({}, (req) => setTimeout(() => req.destroy(), 60));
  await byHttp({ signal: AbortSignal.timeout(60) });
  const control = new AbortController();
  setTimeout(() => control.abort(), 60);
  await fetch(url, { signal: control.signal }).catch((e) => console.log(e.name));
  await byHttp({ timeout: 60 }, (req) => req.on('timeout', () => req.destroy(new Error('too slow'))));
})();
