// COUNT requests, each on a connection of its own, eight at a time, to the servers of URLS in turn.
const http = require('node:http');

const urls = process.env.URLS.split(' ');
let left = Number(process.env.COUNT);

function next() {
  if (left === 0) return;
  const n = left--;
  const body = Buffer.alloc(n * 3);
  const request = http.request(`${urls[n % urls.length]}/${n}`, { method: 'POST', agent: false }, (response) => {
    response.resume();
    response.on('end', next);
  });
  request.end(body);
}
for (let i = 0; i < 8; i++) next();
