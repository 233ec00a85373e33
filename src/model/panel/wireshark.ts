/** A display filter of Wireshark for the packets of some connections and of the lookup before them. */
import type { Connection } from '../records';

/** undefined: nothing is known that packets could be found by. */
export function wiresharkFilter(connections: readonly Connection[], hostname: string | undefined): string | undefined {
  const parts = new Set<string>();
  for (const c of connections) {
    const { local, remote } = c;
    if (!remote || (c.kind !== 'tcp' && c.kind !== 'udp')) continue;
    const ip = remote.address.includes(':') ? 'ipv6' : 'ip';
    const ports = [remote.port, ...(local ? [local.port] : [])].map((p) => `${c.kind}.port == ${p}`);
    parts.add(`(${[`${ip}.addr == ${remote.address.replace(/%.*$/, '')}`, ...ports].join(' && ')})`);
  }
  if (hostname !== undefined && /^[\w.-]+$/.test(hostname)) parts.add(`dns.qry.name == "${hostname}"`);
  return parts.size === 0 ? undefined : [...parts].join(' || ');
}
