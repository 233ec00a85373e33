// Requests to a name that the name servers know, and to one that they answer over TCP only.
const http = require('node:http');

const get = (url) =>
  new Promise((resolve) => {
    http.get(url, { agent: false }, (r) => r.resume().on('end', resolve)).on('error', resolve);
  });
(async () => {
  await get('http://api.example:8080/one');
  await get('http://big.example:8080/two');
})();
