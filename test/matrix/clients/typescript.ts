// TypeScript run by tsx: what runs is transformed code, so the lines that the hook sees are not these. Types that vanish
// stand above the calls on purpose.
import http from 'node:http';

interface Answer {
  status: number;
  bytes: number;
}

type Name = 'a' | 'b';

enum Path {
  Ok = '/ok',
  Echo = '/echo',
}

const agent = new http.Agent({ keepAlive: true });
const base: string = process.env.UP_HTTP as string;

function done(req: http.ClientRequest): Promise<string> {
  return new Promise<Answer>((resolve, reject) => {
    req.on('error', reject).on('response', (res: http.IncomingMessage) => {
      let bytes = 0;
      res.on('data', (d: Buffer) => {
        bytes += d.length;
      });
      res.on('end', () => resolve({ status: res.statusCode ?? 0, bytes }));
    });
  }).then((a: Answer): string => `${a.status} ${a.bytes}`);
}

const text = async (a: Response): Promise<string> => `${a.status} ${(await a.text()).length}`;

async function main(): Promise<void> {
  console.log('first', await done(http.get(`${base}${Path.Ok}?n=1`, { agent }))); // @first
  console.log('second', await done(http.get(`${base}${Path.Ok}?n=2`, { agent }))); // @second
  const post: http.ClientRequest = http.request(`${base}${Path.Echo}`, { agent, method: 'POST' }); // @post
  post.end('x'.repeat(1000));
  console.log('post', await done(post));
  console.log('redirect', await done(http.get(`${base}/redirect?n=1`, { agent }))); // @redirect
  console.log('status', await text(await fetch(`${base}/status?is=503`))); // @status
  const think = (p: Name): Promise<string> => done(http.get(`${base}/think?ms=30&p=${p}`, { agent })); // @parallel
  console.log('parallel', ...(await Promise.all([think('a'), think('b')])));
  agent.destroy();
}

void main();
