// Requests one after the other: as many as the first argument says, then one that waits at the gate, then as many again.
// Prints each status; what a program sees of its requests must be the same with the hook. Files that PID and DONE name get
// its process number and, at the end, its exit code.
const fs = require('node:fs');
const http = require('node:http');
const agent = new http.Agent({ keepAlive: true });
const n = Number(process.argv[2] ?? 5);
const isQuiet = process.argv[3] === 'quiet';
let answered = 0;

const get = (path) =>
  new Promise((resolve, reject) => {
    http
      .get(process.env.SERVER + path, { agent }, (response) => {
        let text = '';
        response.on('data', (piece) => {
          text += piece;
        });
        response.on('end', () => {
          answered++;
          if (!isQuiet) console.log(path, response.statusCode, text);
          resolve();
        });
      })
      .on('error', reject);
  });

if (process.env.PID) fs.writeFileSync(process.env.PID, String(process.pid));
process.on('exit', (code) => {
  if (process.env.DONE) fs.writeFileSync(process.env.DONE, String(code));
});

(async () => {
  for (let i = 0; i < n; i++) await get(`/before?${i}`);
  await get('/gate');
  for (let i = 0; i < n; i++) await get(`/after?${i}`);
  console.log('answered', answered);
  console.error('done');
  agent.destroy();
  process.exitCode = 7;
})();
