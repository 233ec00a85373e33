/**
 * What the phases are called, everywhere: the words of the browsers' developer tools, as each place needs them. A phase's
 * name in records, queries and files (`wait`) is not a word for the user.
 */
import type { PhaseName } from '../records';

export interface PhaseWords {
  /** `DNS lookup`: beside its time. */
  readonly label: string;
  /** `DNS`: where there is no room, as in `DNS failed`. */
  readonly short: string;
  /** `DNS…`: the state of a request that is in it. */
  readonly running: string;
  /** `in the DNS lookup`, `waiting for the server`: what a request was doing, in a sentence. */
  readonly doing: string;
}

export const phaseWords: Readonly<Record<PhaseName, PhaseWords>> = {
  queue: { label: 'Queueing', short: 'queue', running: 'queued', doing: 'queueing' },
  dns: { label: 'DNS lookup', short: 'DNS', running: 'DNS…', doing: 'in the DNS lookup' },
  tcp: { label: 'TCP connect', short: 'TCP', running: 'TCP…', doing: 'in the TCP connect' },
  proxy: { label: 'Proxy tunnel', short: 'proxy', running: 'proxy…', doing: 'in the proxy tunnel' },
  tls: { label: 'TLS handshake', short: 'TLS', running: 'TLS…', doing: 'in the TLS handshake' },
  send: { label: 'Request sent', short: 'send', running: 'sending…', doing: 'sending the request' },
  wait: { label: 'Waiting for server', short: 'wait', running: 'waiting…', doing: 'waiting for the server' },
  download: { label: 'Content download', short: 'body', running: 'receiving…', doing: 'receiving the body' },
};

/** Its label within a sentence or a table's head: `content download`, `TCP connect`. */
export function labelWithin(name: string): string {
  const label = labelOf(name);
  return /^.[a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
}

const isPhase = (name: string): name is PhaseName => Object.hasOwn(phaseWords, name);

/** The label of a phase that a page or a file names; an unknown name is returned unchanged. */
export function labelOf(name: string): string {
  return isPhase(name) ? phaseWords[name].label : name;
}

/** As `labelOf`, short. */
export function shortOf(name: string): string {
  return isPhase(name) ? phaseWords[name].short : name;
}

/** As `labelOf`, what the request was doing. */
export function doingOf(name: string): string {
  return isPhase(name) ? phaseWords[name].doing : name;
}
