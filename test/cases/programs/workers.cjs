// Three worker threads with ten requests each.
const { Worker, isMainThread, workerData } = require('node:worker_threads');
const http = require('node:http');

async function work() {
  const agent = new http.Agent({ keepAlive: true });
  for (let i = 0; i < 10; i++) {
    await new Promise((resolve, reject) => {
      http
        // @get
        .get(`${process.env.UP_HTTP}/ok?w=${workerData}&i=${i}`, { agent }, (res) => {
          res.resume();
          res.on('end', resolve);
        })
        .on('error', reject);
    });
  }
  agent.destroy();
}

if (isMainThread) {
  const done = [1, 2, 3].map(
    (n) => new Promise((resolve) => new Worker(__filename, { workerData: n }).on('exit', (code) => resolve(code))),
  );
  Promise.all(done).then((codes) => console.log('workers', codes.join()));
} else work();
