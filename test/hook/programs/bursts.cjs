// Requests from two places: many quick ones of the program's own line, then, after a pause, a burst through a package.
const { mkdirSync, writeFileSync } = require('node:fs');
const http = require('node:http');
const { join } = require('node:path');
const base = process.env.UP_HTTP;

const folder = join(process.cwd(), 'node_modules/layers');
mkdirSync(folder, { recursive: true });
const layers = `exports.call = (depth, body) => (depth === 0 ? body() : exports.call(depth - 1, body));
exports.get = (...args) => exports.call(12, () => require('node:http').get(...args));`;
writeFileSync(join(folder, 'index.js'), layers);
const { get } = require(join(folder, 'index.js'));

const agent = new http.Agent({ keepAlive: true });
const ended = (start) =>
  new Promise((resolve, reject) => {
    start((response) => response.resume().on('end', resolve)).on('error', reject);
  });

async function main() {
  for (let i = 0; i < 300; i++) await ended((done) => http.get(`${base}/quick`, { agent }, done)); // @own
  await new Promise((resolve) => setTimeout(resolve, 500));
  const burst = Array.from({ length: 60 }, () => ended((done) => get(`${base}/burst`, { agent }, done))); // @layered
  await Promise.all(burst);
  agent.destroy();
}
main();
