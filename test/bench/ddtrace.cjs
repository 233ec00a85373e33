/**
 * dd-trace as its documentation sets it up. Its agent is the bench's server, which takes what it is sent; the last of the
 * client's ports is its.
 */
const agentPort = process.argv.at(-1);
const tracer = require('dd-trace').init({ url: `http://127.0.0.1:${agentPort}`, startupLogs: false });

let spans = 0;
const hooks = {
  request: () => {
    spans++;
  },
};
tracer.use('http', { client: { hooks } });
tracer.use('fetch', { hooks });

/** For the bench: whether this arm recorded anything. */
globalThis.benchSpans = async () => spans;
