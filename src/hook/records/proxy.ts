/** What is known of a proxy that a socket leads to, and what requests say of it. */

import { cutText, line, maskedUrl } from '../output/json';
import { push } from '../output/queue';
import { us } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import type { RequestRecord } from './request';
import type { Tunnel } from './tls/tunnel';
import type { Wire } from './wire';

const part = parts.proxy;

export interface ProxyFacts {
  url: string;
  kind?: string | undefined;
  by?: string | undefined;
  mode: 'forward' | 'tunnel';
  /** The response is the proxy's own, to CONNECT. */
  refusedTunnel?: true;
}

/** Of one socket: made when it is seen to lead to a proxy, or when TLS begins on it after it was connected. */
export class ProxyRoute {
  /** The dial leads to a proxy. */
  isProxy = false;
  /** CONNECT that an agent writes to the socket itself, and is not answered. */
  pending: RequestRecord | undefined = undefined;
  /** CONNECT that made it a tunnel. */
  connect: RequestRecord | undefined = undefined;
  /** The proxy did not let it through. */
  refused = false;
  /** Request of `http` that waits for a tunnel of Node's own agent. */
  inner: RequestRecord | undefined = undefined;
  /** TLS to the proxy, when TLS to the origin runs inside it. */
  outer: Tunnel | undefined = undefined;
  /** When TLS began over the connected socket; 0: it did not. */
  innerAt = 0;
  /** When the connection was ready before that. */
  readyAt = 0;
  /** Bytes went both ways before. */
  exchanged = false;
  /** The tunnel without a CONNECT has been reported. */
  reported = false;
  kind: '' | 'socks' = '';
  by: '' | 'env' = '';
  /** The program names itself to the proxy. */
  auth = false;
}

export const routeOf = (wire: Wire): ProxyRoute => {
  wire.route ??= new ProxyRoute();
  return wire.route;
};

/** The CONNECT that was refused last, and its connection: until the request that wanted the tunnel is found. */
export const lastRefusal: { connect: RequestRecord | undefined; wire: Wire | undefined } = {
  connect: undefined,
  wire: undefined,
};

/**
 * A request was given a socket that leads nowhere. Agents of packages (https-proxy-agent) close the connection to a proxy
 * that refused the tunnel, and give the request a socket of their own from which it reads the proxy's response. They do so
 * before anything else can be refused, so the last refusal is the one, if it is of a tunnel to this request's origin.
 */
export function joinRefusal(r: RequestRecord, authority: string): void {
  const { connect, wire } = lastRefusal;
  if (connect === undefined || wire === undefined || r.dial !== undefined || connect === r) return;
  if (connect.createdAt < r.createdAt || connect.path !== authority) return;
  lastRefusal.connect = undefined;
  lastRefusal.wire = undefined;
  r.dial = wire;
}

/** TLS to the proxy, if there is any. */
export const tlsToProxy = (wire: Wire): Tunnel | undefined =>
  wire.route?.outer ?? (wire.route?.innerAt ? undefined : wire.tunnel);

/** The proxy as a URL; who the program is to it is masked. */
export function proxyUrl(wire: Wire): string {
  const host = wire.host.includes(':') ? `[${wire.host}]` : wire.host;
  const secure = tlsToProxy(wire) !== undefined;
  const scheme = wire.route?.kind === 'socks' ? 'socks' : secure ? 'https' : 'http';
  const port = wire.port === (secure ? 443 : 80) ? '' : `:${wire.port}`;
  return maskedUrl(`${scheme}://${wire.route?.auth ? '***@' : ''}${host}${port}/`);
}

/** The dial of this socket leads to a proxy: what was reported before that was known is put right. */
export function leadsToProxy(wire: Wire): ProxyRoute {
  const route = routeOf(wire);
  if (route.isProxy) return route;
  route.isProxy = true;
  if (wire.dialReported) push(line({ k: 'dial', id: wire.id, purpose: 'proxy' }));
  const tls = tlsToProxy(wire);
  if (tls?.isWritten) push(line({ k: 'tls', id: tls.id, purpose: 'proxy' }));
  return route;
}

/** A request was given a connection that leads to a proxy, or speaks to one. */
export const passProxy = guarded(part, 'proxy.pass', (r: RequestRecord, wire: Wire): void => {
  if (r.method === 'CONNECT') {
    if (r.says('proxy-authorization')) routeOf(wire).auth = true;
    leadsToProxy(wire);
    return;
  }
  const connect = wire.route?.connect;
  const forward = connect === undefined && r.absolute;
  if (forward && r.says('proxy-authorization')) routeOf(wire).auth = true;
  if (!forward && connect === undefined && r.wire !== undefined && !isElsewhere(r, wire)) return;
  const route = leadsToProxy(wire);
  r.proxy = {
    url: proxyUrl(wire),
    kind:
      route.kind ||
      (connect === undefined && !forward && r.wire !== undefined ? undefined : tlsToProxy(wire) ? 'https' : 'http'),
    by: route.by || r.proxyBy(),
    mode: forward ? 'forward' : 'tunnel',
    ...(route.refused && r.wire === undefined && r.responseBeginAt !== 0 ? { refusedTunnel: true } : {}),
  };
});

/** The socket was dialled for another host than the request's and carried bytes before: something made a tunnel of it. */
function isElsewhere(r: RequestRecord, wire: Wire): boolean {
  const { route } = wire;
  if (route === undefined || !route.exchanged) return false;
  const { hostname, port, protocol } = new URL(r.url());
  const number = Number(port) || (protocol === 'https:' ? 443 : 80);
  if (hostname.replace(/^\[|\]$/g, '') === wire.host.toLowerCase() && number === wire.port) return false;
  if (route.reported || !wire.wanted) return true;
  route.reported = true;
  const at = us(route.innerAt || r.assignedAt);
  push(line({ k: 'tunnel', id: wire.connection, host: cutText(hostname, 512), port: number, establishedAt: at }));
  return true;
}

interface ProxyConfig {
  auth?: unknown;
  proxyConnectionOptions?: { host?: unknown; port?: unknown };
}

/** Whether this dial leads to the proxy that one of Node's own agents was given (`proxyEnv`, `NODE_USE_ENV_PROXY`). */
export function isConfiguredProxy(agent: object, wire: Wire): boolean {
  for (const key of Object.getOwnPropertySymbols(agent)) {
    if (key.description !== 'kProxyConfig') continue;
    const config = (agent as Record<symbol, ProxyConfig | undefined | null>)[key];
    const to = config?.proxyConnectionOptions;
    if (!to || String(to.host) !== wire.host || Number(to.port) !== wire.port) return false;
    const route = leadsToProxy(wire);
    route.by = 'env';
    route.auth = Boolean(config?.auth);
    return true;
  }
  return false;
}

/** Agents that speak SOCKS, by their class: what they write is not looked at. */
export function isSocksAgent(agent: unknown): boolean {
  let c: unknown = (agent as { constructor?: unknown } | null | undefined)?.constructor;
  for (let i = 0; i < 4 && typeof c === 'function'; i++) {
    if (/^Socks5?(Proxy)?Agent$/i.test(c.name)) return true;
    c = Object.getPrototypeOf(c) as unknown;
  }
  return false;
}
