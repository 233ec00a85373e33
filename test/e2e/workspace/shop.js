// A shop and its customer in one program: requests to loopback, one of them refused, one slow.
const http = require('node:http');

const server = http.createServer((req, res) => {
  const slow = req.url === '/slow' ? 400 : 20;
  setTimeout(() => {
    res.statusCode = req.url === '/broken' ? 503 : 200;
    res.end(`${process.env.SHOP_NAME} sells ${req.url}`);
  }, slow);
});

async function main() {
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const shop = `http://127.0.0.1:${server.address().port}`;
  for (let i = 0; i < 3; i++) await get(`${shop}/apples`);
  const pears = await fetch(`${shop}/pears`);
  console.log(await pears.text());
  await get(`${shop}/slow`);
  await get(`${shop}/broken`);
  await get('http://127.0.0.1:1/closed').catch((error) => console.log(error.code));
  if (process.argv.includes('--stay')) setInterval(() => get(`${shop}/tick`), 250);
  else server.close();
}

function get(url) {
  return new Promise((done, failed) => {
    const request = http.get(url, (res) => res.resume().on('end', () => done(res.statusCode)));
    request.on('error', failed);
  });
}

main();
