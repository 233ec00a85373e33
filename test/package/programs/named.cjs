// Serves on loopback and asks itself once by name.
const http = require('node:http');
const server = http.createServer((_, response) => response.end('hello'));
server.listen(0, '127.0.0.1', () => {
  http.get({ host: 'localhost', family: 4, port: server.address().port, agent: false }, (response) => {
    response.resume().on('end', () => server.close(() => console.log('done')));
  });
});
