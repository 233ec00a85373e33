// The bench's server: five bytes at once, connections kept. Says its port on stdout.
const http = require('node:http');

const server = http.createServer({ keepAliveTimeout: 600_000 }, (req, res) => {
  req.resume();
  res.setHeader('content-length', '5');
  res.end('hello');
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.on('disconnect', () => process.exit());
