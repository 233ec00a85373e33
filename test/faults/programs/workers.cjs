// Four worker threads with ten requests each, one of them ended in the middle.
const http = require('node:http');
const { Worker, isMainThread, workerData, parentPort } = require('node:worker_threads');

const get = (path, agent) =>
  new Promise((resolve, reject) => {
    http
      .get(process.env.SERVER + path, { agent }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      })
      .on('error', reject);
  });

async function main() {
  const said = [];
  await Promise.all(
    [0, 1, 2, 3].map(
      (w) =>
        new Promise((resolve) => {
          const worker = new Worker(__filename, { workerData: w });
          worker.on('message', (text) => (text === 'stop' ? worker.terminate() : said.push(text)));
          worker.on('exit', (code) => {
            said.push(`worker ${w} exit ${code}`);
            resolve();
          });
        }),
    ),
  );
  console.log(said.sort().join('\n'));
}

async function work() {
  const agent = new http.Agent({ keepAlive: true });
  for (let i = 0; i < 10; i++)
    parentPort.postMessage(`${workerData} ${i} ${await get(`/worker?w=${workerData}&i=${i}`, agent)}`);
  agent.destroy();
  if (workerData === 3) {
    parentPort.postMessage('stop');
    setInterval(() => {}, 1000);
  }
}

if (isMainThread) main();
else work();
