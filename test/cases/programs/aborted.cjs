// Requests that the program itself gives up: http by destroy and by signal, fetch by signal; then one by the agent's idle
// timeout. After so long that they were sent on a busy machine too.
const http = require('node:http');
const after = 600;
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
  await byHttp({}, (req) => setTimeout(() => req.destroy(), after));
  await byHttp({ signal: AbortSignal.timeout(after) });
  const control = new AbortController();
  setTimeout(() => control.abort(), after);
  await fetch(url, { signal: control.signal }).catch((e) => console.log(e.name));
  await byHttp({ timeout: after }, (req) => req.on('timeout', () => req.destroy(new Error('too slow'))));
})();
