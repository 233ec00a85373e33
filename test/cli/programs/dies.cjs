// Finishes 20 requests, has one on its way, and ends as the argument says: exit, kill, throw, abort.
const http = require('node:http');
const how = process.argv[2];
const server = http.createServer((request, response) => {
  if (request.url !== '/last') response.end('hello');
  else if (how === 'exit') process.exit(3);
  else if (how === 'kill') process.kill(process.pid, 'SIGKILL');
  else if (how === 'term') process.kill(process.pid, 'SIGTERM');
  else throw new Error('thrown by the program');
});
const get = (port, path, then) =>
  http.get({ host: '127.0.0.1', port, path }, (response) => response.resume().on('end', then)).on('error', () => {});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  let left = 20;
  const next = () => (left-- > 0 ? get(port, '/done', next) : get(port, '/last', next));
  next();
});
