// One request, during which the program computes for the given time; the answer comes 300 ms after it has said so by
// connecting to the given port.
const http = require('node:http');
const net = require('node:net');
const [url, milliseconds, client, signal] = process.argv.slice(2);

const wanted =
  client === 'fetch'
    ? fetch(url).then((r) => r.text())
    : new Promise((resolve, reject) => {
        http.get(url, (res) => res.resume().on('end', resolve)).on('error', reject);
      });
setTimeout(() => {
  const end = performance.now() + Number(milliseconds);
  while (performance.now() < end);
  net.connect(Number(signal), '127.0.0.1').end();
}, 50);
wanted.then(() => console.log('done'));
