// Replaces clocks and timers as libraries of fake timers do: nothing moves by itself, and the wall clock goes back.
const http = require('node:http');
const agent = new http.Agent({ keepAlive: true });

class FakeDate extends Date {
  constructor(...args) {
    super(...(args.length === 0 ? [FakeDate.now()] : args));
  }
  static now() {
    FakeDate.value -= 60_000;
    return FakeDate.value;
  }
}
FakeDate.value = 1_000_000;

function install() {
  globalThis.Date = FakeDate;
  for (const name of ['setTimeout', 'setInterval', 'setImmediate']) {
    globalThis[name] = () => ({ ref() {}, unref() {}, hasRef: () => false, refresh() {} });
    require('node:timers')[name] = globalThis[name];
  }
  for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate', 'queueMicrotask']) globalThis[name] = () => {};
  performance.now = () => -5;
  performance.timeOrigin = 0;
  process.hrtime = Object.assign(() => [0, 0], { bigint: () => 0n });
  process.uptime = () => 0;
}

const get = (path) =>
  new Promise((resolve, reject) => {
    http
      .get(process.env.SERVER + path, { agent }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      })
      .on('error', reject);
  });

(async () => {
  console.log(await get('/real'));
  install();
  for (let i = 0; i < 5; i++) console.log(await get(`/fake?${i}`));
  console.log(Date.now(), process.hrtime.bigint());
  agent.destroy();
})();
