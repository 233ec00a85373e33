// Timers of sockets and streams: what a listener of `timeout` does ends the request by its timer, at once or by what it
// schedules, and on a busy machine too. What the program does later, for a reason of its own, does not.
const { readFileSync } = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const http2 = require('node:http2');

const ca = readFileSync(process.env.UP_CA);

const busy = (ms) => {
  for (const until = performance.now() + ms; performance.now() < until; );
};
const turns = async (n) => {
  for (let i = 0; i < n; i++) await new Promise((done) => setImmediate(done));
};

/** Each ends the request once its timer has fired. */
const ways = {
  'timer-now': (end) => {
    busy(20);
    end();
  },
  'timer-tick': (end) =>
    process.nextTick(() => {
      busy(20);
      end();
    }),
  'timer-promise': async (end) => {
    await null;
    busy(20);
    await null;
    end();
  },
  'timer-immediate': (end) =>
    setImmediate(() => {
      busy(20);
      end();
    }),
  'own-later': (end) => setTimeout(end, 60),
  // The loop has not waited for anything, but has gone round several times.
  'own-turns': (end) => void turns(8).then(end),
};

const h1 = (client, base) => (path, act) =>
  new Promise((done) => {
    const q = client.get(`${base}${path}`, { agent: false, ca });
    q.on('error', () => done()).on('timeout', () => act(() => q.destroy()));
    // Not before: on a busy machine the timer might fire while it connects.
    q.on('finish', () => q.setTimeout(50));
  });
const h2 = (base) => (path, act) =>
  new Promise((done) => {
    const session = http2.connect(base);
    const stream = session.request({ ':path': path });
    stream.setTimeout(50, () => act(() => stream.close(http2.constants.NGHTTP2_CANCEL)));
    stream.on('close', () => session.close(done));
    stream.resume().end();
  });

(async () => {
  const clients = {
    http: h1(http, process.env.UP_HTTP),
    https: h1(https, process.env.UP_HTTPS),
    http2: h2(process.env.UP_H2C),
  };
  for (const [name, request] of Object.entries(clients))
    for (const [way, act] of Object.entries(ways)) await request(`/silent?${name}-${way}`, act);
  console.log('done');
})();
