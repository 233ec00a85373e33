/**
 * The bench's program: lives as long as the bench and runs a batch of keep-alive requests whenever it is asked to, by
 * a line with {kind, concurrency, requests, lead}. Answers with wall and CPU µs a request, measured inside.
 */
const http = require('node:http');
const https = require('node:https');
const readline = require('node:readline');
const [port, securePort] = process.argv.slice(2);

const agents = new Map();
function agentFor(concurrency) {
  if (!agents.has(concurrency)) agents.set(concurrency, new http.Agent({ keepAlive: true, maxSockets: concurrency }));
  return agents.get(concurrency);
}

const one = {
  http: (concurrency) =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path: '/', agent: agentFor(concurrency) };
      http
        .get(options, (res) => {
          res.resume();
          res.on('end', resolve);
        })
        .on('error', reject);
    }),
  dial: () =>
    new Promise((resolve, reject) => {
      const options = { host: 'localhost', port: securePort, path: '/', agent: false, rejectUnauthorized: false };
      https
        .get(options, (res) => {
          res.resume();
          res.on('end', resolve);
        })
        .on('error', reject);
    }),
  fetch: async () => {
    const res = await fetch(`http://127.0.0.1:${port}/`);
    await res.text();
  },
};

/** `count` requests, so many at a time. */
function run({ kind, concurrency }, count) {
  let left = count;
  const lane = async () => {
    while (left-- > 0) await one[kind](concurrency);
  };
  return Promise.all(Array.from({ length: concurrency }, lane));
}

async function batch(job) {
  const { requests, lead = 0 } = job;
  if (lead > 0) await run(job, lead);
  const cpu = process.cpuUsage();
  const begin = performance.now();
  await run(job, requests);
  const wall = ((performance.now() - begin) * 1000) / requests;
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: (user + system) / requests };
}

/** What OpenTelemetry recorded; 0 where it is not loaded. */
const work = (job) => (job.kind === 'spans' ? Promise.resolve(globalThis.benchSpans?.() ?? 0) : batch(job));

// By its standard streams: a program with a channel of IPC is traced as a forked one, which most programs are not.
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  work(JSON.parse(line)).then(
    (result) => say({ result }),
    (e) => say({ error: String(e) }),
  );
});
process.stdin.on('end', () => process.exit());
say({ ready: true });
