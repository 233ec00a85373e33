// The other side of the sample: five small servers on loopback, each with the habits of its kind. Every port is given
// by the system; the parent gets the addresses by message, and its disappearing ends this process.
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Addresses } from '../shop.js';
import { bank, risk } from './bank.js';
import { catalogue } from './catalogue.js';
import { office } from './office.js';
import { warehouse } from './warehouse.js';

const pem = (name: string): Buffer => readFileSync(new URL(`../../certificates/${name}.pem`, import.meta.url));
const plain = (listener: RequestListener): Server => createServer(listener);
const secure = (name: string, listener: RequestListener): Server =>
  createTlsServer({ cert: pem(name), key: pem(`${name}.key`) }, listener);

async function listen(server: Server): Promise<number> {
  server.keepAliveTimeout = 30_000; // longer than the run: no connection closes under the client's hands
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const addresses: Addresses = {
  warehouse: `http://localhost:${await listen(plain(warehouse))}`,
  catalogue: `http://127.0.0.1:${await listen(plain(catalogue))}`,
  bank: `https://localhost:${await listen(secure('bank', bank))}`,
  risk: `https://localhost:${await listen(secure('risk', risk))}`,
  office: `http://127.0.0.1:${await listen(plain(office))}`,
};

process.once('disconnect', () => process.exit());
process.send?.(addresses);
