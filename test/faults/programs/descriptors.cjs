// Closes the descriptors 3 to 255, as a program that makes a daemon of itself does, but for those of Node's event loop,
// without which Node aborts; with `all` those too. Then opens files of its own, which get the numbers, and asks again.
const fs = require('node:fs');
const http = require('node:http');
const n = Number(process.argv[2]);
const isAll = process.argv[3] === 'all';

const get = (path) =>
  new Promise((resolve, reject) => {
    http
      .get(process.env.SERVER + path, { agent: false }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      })
      .on('error', reject);
  });

function target(fd) {
  try {
    return fs.readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}

/** Closes what is open and not of the event loop, and tries what is not open, as nobody looks first. */
function closeAll() {
  let closed = 0;
  for (let fd = 3; fd <= 255; fd++) {
    const name = target(fd);
    if (!isAll && name !== undefined && !/^\/(?!dev\/)/.test(name)) continue;
    try {
      fs.closeSync(fd);
      closed++;
    } catch (error) {
      if (error.code !== 'EBADF') throw error;
    }
  }
  return closed;
}

const open = (count) => Array.from({ length: count }, (_, i) => fs.openSync(`${process.env.OWN}-${i}`, 'a'));

(async () => {
  console.log(await get('/before'));
  console.log(await get('/gate'));
  open(20);
  fs.writeSync(1, `closed ${closeAll()}\n`);
  const own = open(30);
  for (let i = 0; i < n; i++) console.log(await get(`/after?${i}`));
  console.log('closed', closeAll(), 'sizes', own.map((_, i) => fs.statSync(`${process.env.OWN}-${i}`).size).join(' '));
})();
