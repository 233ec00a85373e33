// Puts into the spool folder of its session what would hang a reader, or lead a writer elsewhere; then makes a request.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const { join } = require('node:path');
const [, , target] = process.argv;
const spool = process.env.NETTRACE_SPOOL;
const uuid = (n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const fifos = ['control.json.new', 'session.json.new', '9-0-1.1.jsonl', '9-0-2.keys', 'leave', 'packets.raw'];
// More than the threads that read files.
for (let n = 0; n < 8; n++) fifos.push(`command-${uuid(n)}.json`);
execFileSync(
  'mkfifo',
  fifos.map((name) => join(spool, name)),
);
fs.symlinkSync('/dev/zero', join(spool, '9-1-1.1.jsonl'));
fs.symlinkSync(target, join(spool, `answer-${uuid(100)}.json.new`));
fs.symlinkSync(target, join(spool, `answer-${uuid(100)}.json`));
fs.writeFileSync(join(spool, `command-${uuid(100)}.json`), JSON.stringify({ v: 1, verb: 'list' }), { mode: 0o600 });

const answer = join(spool, `answer-${uuid(100)}.json`);
const server = http
  .createServer((_, res) => res.end('ok'))
  .listen(0, '127.0.0.1', () => {
    http.get({ host: '127.0.0.1', port: server.address().port, agent: false }, (res) => {
      res.resume().on('end', () => {
        server.close();
        // The session still answers calls, with its own file.
        const looks = setInterval(() => {
          if (fs.lstatSync(answer).isSymbolicLink()) return;
          clearInterval(looks);
          console.log('answered');
        }, 20);
      });
    });
  });
