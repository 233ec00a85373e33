// Whom the checkout talks to. In life these are other people's machines; here they are one process on loopback, started
// and ended with the program, so that the sample needs no network and is the same every time.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Base URLs without a slash at the end. */
export interface Addresses {
  warehouse: string;
  catalogue: string;
  bank: string;
  risk: string;
  office: string;
}

export interface Shop extends Addresses {
  close(): Promise<void>;
}

export async function openShop(): Promise<Shop> {
  const file = fileURLToPath(new URL('./upstreams/main.js', import.meta.url));
  // An empty NODE_OPTIONS keeps debugger and tracer out of this one child: they came here to look at the checkout.
  const upstreams = fork(file, [], { env: { ...process.env, NODE_OPTIONS: '' }, execArgv: [] });
  const [addresses] = (await once(upstreams, 'message')) as [Addresses];
  return { ...addresses, close: () => close(upstreams) };
}

async function close(upstreams: ChildProcess): Promise<void> {
  const gone = once(upstreams, 'exit');
  upstreams.disconnect(); // its cue to leave, which it also takes when this program is killed
  await gone;
}
