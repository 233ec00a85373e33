/** The servers of programs/everything.cjs. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { certificate } from '../../support/servers/certificates';
import { Http2Upstream } from '../../support/servers/http2Upstream';
import { Upstream } from '../../support/servers/upstream';

export interface Everything {
  /** For the program. */
  readonly env: Record<string, string>;
  close(): Promise<unknown>;
}

export async function serveEverything(): Promise<Everything> {
  const [upstream, http2] = await Promise.all([Upstream.start(), Http2Upstream.start()]);
  // Wants a certificate of the client: says so only after the handshake.
  const strict = createServer({ ...certificate('server'), requestCert: true, rejectUnauthorized: true });
  await new Promise<void>((done) => strict.listen(0, '127.0.0.1', done));
  const UP_STRICT = `https://127.0.0.1:${(strict.address() as AddressInfo).port}`;
  return {
    env: { ...http2.environment, ...upstream.environment, UP_STRICT },
    close: () => Promise.all([upstream.close(), http2.close(), strict.close()]),
  };
}
