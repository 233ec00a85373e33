// A program and its children: a fork, a spawned Node, and a cluster's worker. Each makes one request.
const { fork, spawn } = require('node:child_process');
const cluster = require('node:cluster');
const http = require('node:http');

const get = (who) =>
  new Promise((resolve, reject) => {
    http
      // @get
      .get(`${process.env.UP_HTTP}/ok?${who}`, { agent: new http.Agent() }, (res) => {
        res.resume();
        res.on('end', resolve);
      })
      .on('error', reject);
  });
const ended = (child) => new Promise((resolve) => child.on('exit', resolve));

async function main() {
  await get('root');
  console.log('fork', await ended(fork(__filename, ['forked'])));
  console.log('spawn', await ended(spawn(process.execPath, [__filename, 'spawned'], { stdio: 'inherit' })));
  console.log('cluster', await ended(cluster.fork().process));
}

if (cluster.isWorker) get('cluster').then(() => process.exit(0));
else if (process.argv[2]) get(process.argv[2]);
else main();
