import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'certificates');

/** Key and chain (leaf, intermediate) of a test server: `server` is valid for a century, `expired` ran out in 2021. */
export function certificate(name: 'server' | 'expired'): { key: Buffer; cert: Buffer } {
  return { key: readFileSync(join(folder, `${name}.key`)), cert: readFileSync(join(folder, `${name}.pem`)) };
}

/** File of the authority that signed them all, for NODE_EXTRA_CA_CERTS or the `ca` option. */
certificate.root = join(folder, 'root.pem');
