// Three requests on one connection, then what else the first argument asks for.
const http = require('node:http');
const fs = require('node:fs');
const agent = new http.Agent({ keepAlive: true });
const act = process.argv[2];

const get = (path) =>
  new Promise((resolve, reject) => {
    http
      .get(process.env.UP_HTTP + path, { agent }, (res) => {
        res.resume();
        res.on('end', () => resolve(res.statusCode));
      })
      .on('error', reject);
  });

const acts = {
  /** The spool's folder goes away behind us. */
  vanish: () => fs.rmSync(process.env.NETTRACE_SPOOL ?? '', { recursive: true, force: true }),
  /** All descriptors above the standard ones are closed, and two of their numbers given to files of the program. */
  close() {
    for (const fd of fs.readdirSync('/proc/self/fd').map(Number)) {
      const target = fd > 2 && link(fd);
      if (!target || !/\.jsonl$/.test(target)) continue;
      try {
        fs.closeSync(fd);
      } catch (error) {
        if (error.code !== 'EBADF') throw error;
      }
    }
    acts.own = [1, 2, 3].map(() => fs.openSync(process.env.OWN_FILE, 'a'));
  },
  freeze: () => undefined,
  prepare() {
    Error.prepareStackTrace = (e) => `mine: ${e.message}`;
  },
  /** Clocks, timers, JSON and fs are no longer what they were. */
  fake() {
    globalThis.setTimeout = () => ({ unref() {} });
    process.nextTick = process.nextTick.bind(process);
    performance.now = () => 0;
    process.hrtime = Object.assign(() => [0, 0], { bigint: () => 0n });
    JSON.stringify = () => 'no';
    Date.now = () => 0;
    fs.writeSync = () => {
      throw new Error('mocked');
    };
  },
};

function link(fd) {
  try {
    return fs.readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}

(async () => {
  console.log(await get('/ok?1'));
  acts[act]?.();
  console.log(await get('/ok?2'), await get('/ok?3'));
  if (act === 'prepare') console.log(new Error('x').stack);
  agent.destroy();
})();
