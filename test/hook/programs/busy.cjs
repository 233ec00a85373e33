// One request whose answer takes 300 ms, during which the program computes for the given time.
const http = require('node:http');
const [url, milliseconds, client] = process.argv.slice(2);

const wanted =
  client === 'fetch'
    ? fetch(url).then((r) => r.text())
    : new Promise((resolve, reject) => {
        http.get(url, (res) => res.resume().on('end', resolve)).on('error', reject);
      });
setTimeout(() => {
  const end = performance.now() + Number(milliseconds);
  while (performance.now() < end);
}, 50);
wanted.then(() => console.log('done'));
