/**
 * The bench's program: lives as long as the bench and runs a batch of keep-alive requests whenever it is asked to, by
 * a line with {kind, concurrency, requests, lead, rate}. Answers with wall and CPU µs a request, measured inside.
 */
const http = require('node:http');
const https = require('node:https');
const readline = require('node:readline');
const { setTimeout: delay } = require('node:timers/promises');
const [port, securePort] = process.argv.slice(2);

const agents = new Map();
function agentFor(concurrency) {
  const many = { maxSockets: concurrency, maxFreeSockets: concurrency };
  if (!agents.has(concurrency)) agents.set(concurrency, new http.Agent({ keepAlive: true, ...many }));
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

/** `count` requests, `rate` of them begun in a second whether or not those before have ended. */
async function paced({ kind, concurrency, rate }, count) {
  const begin = performance.now();
  const all = [];
  while (all.length < count) {
    const due = Math.min(count, Math.floor(((performance.now() - begin) * rate) / 1000) + 1);
    while (all.length < due) all.push(one[kind](concurrency));
    await delay(Math.max(1, begin + (all.length * 1000) / rate - performance.now()));
  }
  await Promise.all(all);
}

async function batch(job) {
  const { requests, lead = 0, rate } = job;
  if (lead > 0) await run(job, lead);
  const cpu = process.cpuUsage();
  const begin = performance.now();
  await (rate === undefined ? run : paced)(job, requests);
  const wall = ((performance.now() - begin) * 1000) / requests;
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: (user + system) / requests };
}

/** Spans: what a rival recorded. Memory: the most that was resident, in KiB. */
const questions = {
  spans: () => globalThis.benchSpans(),
  memory: () => process.resourceUsage().maxRSS,
};
const work = async (job) => (job.kind in questions ? questions[job.kind]() : batch(job));

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
