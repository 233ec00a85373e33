// A shop and its customer in one program, all on loopback: requests that go well, slowly, badly, and not at all.
import { createServer, get as httpGet } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Fruit {
  name: string;
}

const server = createServer((req, res) => {
  const delay = req.url === '/slow' ? Number(process.env.SLOW_MS ?? 100) : 20;
  setTimeout(() => {
    res.statusCode = req.url === '/broken' ? 503 : 200;
    res.end(`${process.env.SHOP_NAME} sells ${req.url}`);
  }, delay);
});
// A stop at a breakpoint may be longer than the usual 5 s; the connections should outlive it.
server.keepAliveTimeout = 120_000;

async function main(): Promise<void> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const shop = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fruits: Fruit[] = [{ name: 'apples' }, { name: 'cherries' }, { name: 'plums' }];
  for (const fruit of fruits) await get(`${shop}/${fruit.name}`);
  const pears = await fetch(`${shop}/pears`);
  console.log(await pears.text(), process.title);
  await get(`${shop}/slow`);
  await get(`${shop}/broken`);
  await get('http://127.0.0.1:1/closed').catch((error: Error) => console.log(error.message));
  if (process.argv.includes('--ticks')) await tick(shop);
  server.close();
  server.closeAllConnections();
}

/** Requests at a steady pace. */
async function tick(shop: string): Promise<void> {
  for (let i = 0; i < 60; i++) {
    await get(`${shop}/tick/${i}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

function get(url: string): Promise<number | undefined> {
  return new Promise((done, failed) => {
    const request = httpGet(url, (res) => {
      res.resume().on('end', () => done(res.statusCode));
    });
    request.on('error', failed);
  });
}

void main();
