/** The network interfaces that a capture is limited to. Names come from users: only those that exist go on to an engine. */
import { readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { CaptureUnavailable } from './engine';

/** Those with an address, and on Linux the others too. */
export function interfaceNames(): string[] {
  let all: string[] = [];
  try {
    all = readdirSync('/sys/class/net');
  } catch {
    // No such list here.
  }
  return [...new Set([...Object.keys(networkInterfaces()), ...all])].filter((name) => !name.includes(':')).sort();
}

/** Undefined: all of these interfaces exist. */
export function missingInterface(wanted: readonly string[], known = interfaceNames()): string | undefined {
  const missing = wanted.find((name) => !known.includes(name));
  return missing === undefined
    ? undefined
    : `there is no network interface ${missing}; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}.`;
}

export function expectInterfaces(wanted: readonly string[] = []): void {
  const missing = missingInterface(wanted);
  if (missing !== undefined) throw new CaptureUnavailable('fault', missing);
}
