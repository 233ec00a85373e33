/** The hosts file: names by hand, which the system knows without asking anybody. */

export interface HostsEntry {
  address: string;
  family: 4 | 6;
}

const v4 = /^\d{1,3}(\.\d{1,3}){3}$/;
const v6 = /^(?=[0-9a-f.]*:)[0-9a-f:.]+(%\S+)?$/i;

/** Addresses by name, in lower case. */
export function parseHosts(text: string): Map<string, HostsEntry[]> {
  const names = new Map<string, HostsEntry[]>();
  for (const one of text.split('\n')) {
    const [address = '', ...words] = one.replace(/#.*$/, '').trim().split(/\s+/);
    const family = v4.test(address) ? 4 : v6.test(address) ? 6 : 0;
    if (family === 0) continue;
    for (const word of words) {
      const name = word.toLowerCase();
      const list = names.get(name);
      if (list === undefined) names.set(name, [{ address, family }]);
      else if (!list.some((f) => f.address === address)) list.push({ address, family });
    }
  }
  return names;
}
