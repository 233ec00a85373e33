/**
 * The bench's server: five bytes at once, connections kept. Says its two ports, http and https, on stdout. Its core never
 * sleeps: on loopback it is the client's write that wakes it, 10 to 40 µs on a virtual machine, the more the longer it has
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
server.listen(0, '127.0.0.1', () => {
  secure.listen(0, 'localhost', () => console.log(server.address().port, secure.address().port));
});
(function stayAwake() {
  setImmediate(stayAwake);
})();
process.on('disconnect', () => process.exit());
