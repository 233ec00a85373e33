// Server, where SERVER is set: reads at once, after HOLD ms, or little by little, and says the longest time (ms) between two
// reads; sends much. Else the client of it: what URL and WHAT say.
const http = require('node:http');

const { SERVER, URL: base, WHAT = '', HOLD = '5000' } = process.env;
const hold = Number(HOLD);
const large = Buffer.alloc(8 << 20, 'x');

if (SERVER) {
  const server = http.createServer((req, res) => {
    if (req.url === '/large') return res.end(large);
    let [last, longest] = [performance.now(), 0];
    const onRead = () => {
      const now = performance.now();
      [last, longest] = [now, Math.max(longest, now - last)];
    };
    req.on('end', () => {
      console.log(req.url, Math.ceil(longest));
      res.end('read');
    });
    const read = () => req.on('data', onRead);
    if (req.url === '/held') return setTimeout(read, hold);
    if (req.url === '/late') return setTimeout(read, 220);
    if (req.url !== '/slow') return read();
    // Little at a time, but always some.
    req.on('data', onRead).on('data', () => req.pause() && setTimeout(() => req.resume(), 5));
  });
  server.listen(8080, SERVER, () => console.log('ready'));
} else {
  // No agent: a connection each.
  const ask = (path, options, body, takes = (res) => res.resume()) =>
    new Promise((resolve) => {
      const req = http.request(base + path, { agent: false, ...options }, (res) => takes(res.on('end', resolve)));
      req.on('error', resolve).on('timeout', () => req.destroy(new Error('given up')));
      req.end(body);
    });
  const upload = (path, bytes, options = {}) => ask(path, { method: 'POST', ...options }, large.subarray(0, bytes));
  const all = {
    stalls: () =>
      Promise.all([
        upload('/held', 8 << 20),
        upload('/slow', 4 << 20),
        upload('/fast', 8 << 20),
        ask('/large', {}, undefined, (res) => {
          res.pause();
          setTimeout(() => res.resume(), hold);
        }),
      ]),
    async lost() {
      await upload('/lost', 1000);
      await upload('/late', 1000);
    },
    async vanish() {
      await upload('/small', 10);
      await upload('/vanish', 100_000, { timeout: 2200 });
    },
  };
  all[WHAT]();
}
