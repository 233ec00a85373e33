// Preloaded into a traced program: writes to TEST_LATENESS, when it exits, by how many µs its event loop was late at most.
// Instants that two processes measured of one event can differ by what the machine makes either of them wait.
const { writeFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');
const interval = 5000;
const now = () => Number(process.hrtime.bigint()) / 1000;
let last = now();
let late = 0;
const tick = () => {
  const at = now();
  late = Math.max(late, at - last - interval);
  last = at;
};
// Workers inherit the preload.
if (isMainThread) {
  setInterval(tick, interval / 1000).unref();
  process.on('exit', () => {
    tick();
    writeFileSync(process.env.TEST_LATENESS, String(late));
  });
}
