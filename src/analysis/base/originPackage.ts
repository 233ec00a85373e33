/** The package that made a request of its own accord. */
import { packageOf } from '../../model/base/package';
import type { Request } from '../../model/records';

/** They carry what others ask for: the origin of a request is elsewhere. */
const clients = new Set(
  'undici axios got node-fetch needle superagent request ky ofetch cross-fetch make-fetch-happen hyperquest ws phin bent wretch follow-redirects minipass-fetch agent-base http-proxy-agent https-proxy-agent socks-proxy-agent proxy-agent global-agent'.split(
    ' ',
  ),
);

/** The package whose frame is the nearest, clients left out; absent where the program's own code is on the stack. */
export function originPackageOf(r: Request): string | undefined {
  const site = r.callSite;
  if (!site || site.kind === 'user') return undefined;
  const names = (r.stack ?? [site]).map((f) => packageOf(f.file));
  if (names.includes(undefined)) return undefined;
  return names.find((n) => n !== undefined && !clients.has(n) && !n.startsWith('@types/'));
}
