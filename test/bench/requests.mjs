/**
 * Writes a trace of many requests, as a service makes them: several hosts, kept connections, ids in paths, some failures.
 *   node test/bench/requests.mjs 10000 FILE.nettrace.json
 */
import { closeSync, openSync, writeSync } from 'node:fs';

const [count, file] = process.argv.slice(2);
const n = Number(count);
if (!(n > 0) || file === undefined) throw new Error('usage: node test/bench/requests.mjs REQUESTS FILE');

const hosts = 8;
/** A connection carries so many requests. */
const perConnection = 50;
const thread = '100-0';
const requests = [];
const connections = [];
const dials = [];
const lookups = [];
let bytesSent = 0;
let bytesReceived = 0;
let failed = 0;

for (let i = 0; i < n; i++) {
  const at = i * 1000;
  const host = `host${i % hosts}.example`;
  const turn = Math.floor(i / hosts);
  const nth = turn % perConnection;
  const connection = `${thread}-c${Math.floor(turn / perConnection)}-${i % hosts}`;
  if (nth === 0) open(connection, host, at);
  const begin = at + (nth === 0 ? 3000 : 0);
  const wait = 2000 + ((i * 7919) % 9000);
  const fails = i % 97 === 13;
  const status = i % 31 === 7 ? 503 : i % 17 === 3 ? 404 : 200;
  const ended = begin + 200 + wait + 300;
  bytesSent += 150;
  if (fails) failed++;
  else bytesReceived += 800;
  requests.push({
    id: `${thread}-${i + 1}`,
    thread,
    createdAt: at,
    api: 'fetch',
    method: i % 4 === 0 ? 'POST' : 'GET',
    url: `http://${host}:8080/v1/${['items', 'users', 'orders'][i % 3]}/${i}?page=${i % 4}`,
    callSite: { file: `/app/src/job${i % 3}.js`, line: 10 + (i % 4), column: 5, function: 'load', kind: 'user' },
    connection,
    ...(nth === 0 ? { dial: `d-${connection}` } : {}),
    ordinal: nth + 1,
    assignedAt: begin,
    sendBeginAt: begin,
    sendEndAt: begin + 200,
    ...(fails ? {} : { responseBeginAt: begin + 200 + wait }),
    endAt: ended,
    protocol: 'http/1.1',
    bytesSent: 150,
    ...(fails
      ? { outcome: 'failed', error: { phase: 'wait', code: 'ECONNRESET', message: 'socket hang up' } }
      : {
          bytesReceived: 800,
          outcome: 'complete',
          response: { status, contentType: 'application/json', wireBytes: 600 },
        }),
  });
}

function open(id, host, at) {
  const remote = { address: '192.0.2.1', port: 8080 };
  connections.push({
    id,
    thread,
    dial: `d-${id}`,
    kind: 'tcp',
    direction: 'out',
    remote,
    local: { address: '192.0.2.99', port: 1024 + (connections.length % 60000) },
    connect: { beginAt: at + 1000, endAt: at + 2900, result: 'connected' },
    bytesSent: 150,
    bytesReceived: 800,
  });
  const lookup = `l-${id}`;
  dials.push({
    id: `d-${id}`,
    thread,
    via: 'undici',
    host,
    port: 8080,
    purpose: 'direct',
    beginAt: at + 100,
    attempts: [id],
    lookup,
    endAt: at + 3000,
    connection: id,
  });
  lookups.push({
    id: lookup,
    thread,
    dial: `d-${id}`,
    call: 'lookup',
    hostname: host,
    beginAt: at + 100,
    endAt: at + 900,
    answeredBy: 'getaddrinfo',
    addresses: [{ address: '192.0.2.1', family: 4 }],
  });
}

const trace = {
  format: 'nettrace',
  version: '1.0',
  id: '7f0c2a6e-5d0b-4e0e-9a52-000000000001',
  producer: { name: 'nettrace', version: '1.0.0' },
  beginTime: '2026-10-27T11:30:00.000000Z',
  endAt: n * 1000 + 60_000,
  state: 'ended',
  sources: [{ name: 'hook', state: 'on', fromAt: 0 }],
  counts: {
    requests: n,
    failed,
    connections: connections.length,
    lookups: lookups.length,
    bytesSent,
    bytesReceived,
    evictedRequests: 0,
  },
  processes: [
    {
      id: '100',
      pid: 100,
      argv: ['node', 'app.js'],
      entry: 'app.js',
      runtime: { name: 'node', version: '24.0.0' },
      startAt: 0,
      threads: [{ id: thread, threadId: 0, kind: 'main', beginAt: 0, clockOffset: 0 }],
    },
  ],
  requests,
  dials,
  lookups,
  connections,
  tlsTunnels: [],
  certificates: [],
  losses: [],
};
// One record a line, as a saved trace has them; in pieces, as a large one is longer than the longest string.
const out = openSync(file, 'w');
for (const [i, [name, value]] of Object.entries(trace).entries()) {
  writeSync(out, `${i === 0 ? '{' : ','}\n  "${name}": `);
  if (!Array.isArray(value) || value.length === 0) writeSync(out, JSON.stringify(value));
  else {
    for (let from = 0; from < value.length; from += 10_000) {
      const some = value.slice(from, from + 10_000).map((v) => `    ${JSON.stringify(v)}`);
      writeSync(out, `${from === 0 ? '[' : ','}\n${some.join(',\n')}`);
    }
    writeSync(out, '\n  ]');
  }
}
writeSync(out, '\n}\n');
closeSync(out);
