// One request, during which the program computes (negative: blocks without computing) for the given time; the response
// comes 600 ms after it has said so by connecting to the given port. A path instead of a time: it connects first, is told
// that its request has arrived, and computes until that file is there; PATH.begun says that it computes.
const { existsSync, writeFileSync } = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const [url, milliseconds, client, signal] = process.argv.slice(2);

/** Until this thread has used the processor for so long; negative: it waits and does not use it. */
function block(ms) {
  if (ms < 0) return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, -ms);
  const used = () => {
    const { user, system } = (process.threadCpuUsage ?? process.cpuUsage).call(process);
    return (user + system) / 1000;
  };
  const end = used() + ms;
  while (used() < end);
}

const wanted =
  client === 'fetch'
    ? fetch(url).then((r) => r.text())
    : new Promise((resolve, reject) => {
        http.get(url, (res) => res.resume().on('end', resolve)).on('error', reject);
      });
setTimeout(() => {
  const isPath = Number.isNaN(Number(milliseconds));
  if (!isPath) block(Number(milliseconds));
  net.connect(Number(signal), '127.0.0.1', function () {
    this.write('!');
    if (!isPath) return void this.end();
    this.once('data', () => {
      writeFileSync(`${milliseconds}.begun`, '');
      while (!existsSync(milliseconds));
      this.end();
    });
  });
}, 50);
wanted.then(() => console.log('done'));
