/** Which families a machine has, and the order of addresses (RFC 6724 as far as it can be determined without asking routes). */
import { networkInterfaces } from 'node:os';
import type { Found } from './host';

export interface Families {
  v4: boolean;
  v6: boolean;
}

/** Families with an address that is no loopback's; `routed`: nor a link's. */
export function familiesOf(routed: boolean, interfaces = networkInterfaces()): Families {
  const has: Families = { v4: false, v6: false };
  for (const list of Object.values(interfaces)) {
    for (const i of list ?? []) {
      if (i.internal) continue;
      if (i.family === 'IPv4' || (i.family as unknown) === 4) has.v4 = true;
      else if (!routed || !i.address.toLowerCase().startsWith('fe80:')) has.v6 = true;
    }
  }
  return has;
}

/** The policy table's precedence. */
function precedence({ address, family }: Found): number {
  if (family === 4) return 35;
  const a = address.toLowerCase();
  if (a === '::1') return 50;
  if (a.startsWith('::ffff:')) return 35;
  if (a.startsWith('2002:')) return 30;
  if (a.startsWith('2001:0:') || a.startsWith('2001::')) return 5;
  return /^f[cd]/.test(a) ? 3 : 40;
}

const isLoopback = ({ address }: Found): boolean => address === '::1' || address.startsWith('127.');

/** In the order of the system's own lookup; of equal ones none is moved. */
export function ordered(found: readonly Found[], has: Families = familiesOf(true)): Found[] {
  const usable = (f: Found): number => (isLoopback(f) || (f.family === 4 ? has.v4 : has.v6) ? 1 : 0);
  return [...found].sort((a, b) => usable(b) - usable(a) || precedence(b) - precedence(a));
}
