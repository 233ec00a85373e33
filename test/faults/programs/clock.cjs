// Steps its own wall clock by the file that libfaketime reads: on an hour, back two, while a request waits each time.
const http = require('node:http');
const { writeFileSync } = require('node:fs');
const agent = new http.Agent({ keepAlive: true });

const get = (path) =>
  new Promise((resolve, reject) => {
    http
      .get(process.env.SERVER + path, { agent }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      })
      .on('error', reject);
  });

async function stepped(seconds, path) {
  const before = Date.now();
  const running = get(path);
  writeFileSync(process.env.FAKETIME_TIMESTAMP_FILE, `${seconds >= 0 ? '+' : ''}${seconds}\n`);
  const status = await running;
  console.log(path, status, 'hours', Math.round((Date.now() - before) / 3_600_000));
}

(async () => {
  console.log(await get('/first'));
  await stepped(3600, '/forward');
  await stepped(-3600, '/back');
  console.log(await get('/last'));
  agent.destroy();
})();
