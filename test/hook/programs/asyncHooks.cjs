// Prints each asynchronous resource that is made, as async_hooks reports it: from the start, or from the exit on while a
// connection is open.
const { createHook } = require('node:async_hooks');
const { writeSync } = require('node:fs');

const hook = createHook({ init: (_, type) => void writeSync(1, `${type}\n`) });
if (process.argv[2] === 'start') {
  hook.enable();
  setImmediate(() => Promise.resolve(1).then(() => {}));
} else {
  const http = require('node:http');
  process.on('exit', () => hook.enable());
  http.get(`${process.env.UP_HTTP}/ok`, { agent: new http.Agent({ keepAlive: true }) }, (res) => {
    res.resume().on('end', () => setTimeout(() => process.exit(), 20));
  });
}
