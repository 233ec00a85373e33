/** The servers of programs/everything.cjs. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { scratch } from '../../../src/session/testing/scratch';
import { certificate } from '../../support/servers/certificates';
import { Http2Upstream } from '../../support/servers/http2Upstream';
import { NameServer } from '../../support/servers/nameServer';
import { Upstream } from '../../support/servers/upstream';

export interface Everything {
  /** For the program. */
  readonly env: Record<string, string>;
  /** For the hook's own resolver: a name server that knows `localhost` alone, so that no test asks the machine's. */
  readonly resolverFiles: { resolvConf: string; hosts: string; nsswitch: string; port: number };
  close(): Promise<unknown>;
}

export async function serveEverything(): Promise<Everything> {
  const [upstream, http2, names] = await Promise.all([
    Upstream.start(),
    Http2Upstream.start(),
    NameServer.start(({ name, type }) =>
      name !== 'localhost'
        ? { rcode: 'NXDOMAIN' }
        : { answers: type === 'A' ? [{ type, name, ttl: 60, data: '127.0.0.1' }] : [] },
    ),
  ]);
  const folder = scratch();
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  // Wants a certificate of the client: says so only after the handshake.
  const strict = createServer({ ...certificate('server'), requestCert: true, rejectUnauthorized: true });
  await new Promise<void>((done) => strict.listen(0, '127.0.0.1', done));
  const UP_STRICT = `https://127.0.0.1:${(strict.address() as AddressInfo).port}`;
  return {
    env: { ...http2.environment, ...upstream.environment, UP_STRICT },
    resolverFiles: {
      resolvConf: file('resolv.conf', 'nameserver 127.0.0.1\n'),
      hosts: file('hosts', ''),
      nsswitch: file('nsswitch.conf', 'hosts: files dns\n'),
      port: names.port,
    },
    close: () => Promise.all([upstream.close(), http2.close(), names.close(), strict.close()]),
  };
}
