/**
 * The bench's server: five bytes at once, connections kept. Says its ports on stdout: http, https, and dd-trace's agent. Its
 * core never sleeps: on loopback it is the client's write that wakes it, 10 to 40 µs on a virtual machine, the more the longer it has
 * slept. No client of another machine's server pays that, and an arm that is slower would pay more of it.
 */
const { readFileSync } = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const { join } = require('node:path');

const certificate = (kind) => readFileSync(join(__dirname, `../support/servers/certificates/server.${kind}`));

function answer(req, res) {
  req.resume();
  res.setHeader('content-length', '5');
  res.end('hello');
}
const server = http.createServer({ keepAliveTimeout: 600_000 }, answer);
const secure = https.createServer({ key: certificate('key'), cert: certificate('pem') }, answer);
/** The agent that dd-trace sends its spans to. */
const agent = http.createServer((req, res) => {
  req.resume();
  req.on('end', () => res.end('{}'));
});
server.listen(0, '127.0.0.1', () => {
  secure.listen(0, 'localhost', () => {
    agent.listen(0, '127.0.0.1', () => {
      console.log(...[server, secure, agent].map((one) => one.address().port));
    });
  });
});
(function stayAwake() {
  setImmediate(stayAwake);
})();
process.on('disconnect', () => process.exit());
