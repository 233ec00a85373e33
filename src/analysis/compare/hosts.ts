/** Names of hosts that are the same on both sides: a server of a test listens on another port of the own machine each time. */
import { isLoopback } from '../base/places';

/** Systems give ports from here on to who asks for any. */
const firstAnyPort = 32_768;

/** `host`: as a row has it, `127.0.0.1:40123`. `isCommon`: both sides have it. */
export function stableHost(host: string, isCommon: boolean): string {
  const m = /^(.*):(\d+)$/.exec(host);
  const name = (m?.[1] ?? '').replace(/^\[|\]$/g, '');
  if (!m || !isLoopback(name)) return host;
  return Number(m[2]) < firstAnyPort && isCommon ? host : `${m[1]}:{port}`;
}
