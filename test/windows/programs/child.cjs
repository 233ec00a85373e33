const http = require('node:http');
const [port, path] = process.argv.slice(2);
http.get({ host: '127.0.0.1', port, path, agent: false }, (response) => response.resume());
