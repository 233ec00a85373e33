/**
 * A router that drops packets, and what it counted: how often a sender had to repeat, and how often it did so in vain,
 * as a busy machine does whose answers are late.
 */
import type { Spaces } from './spaces';

/** Of one connection to port 8080: all that came, and every twelfth of the large ones dropped. */
export const droppingRules = `table ip t {
 chain f {
 type filter hook forward priority 0;
 tcp dport 8080 counter
 tcp dport 8080 ip length > 600 numgen inc mod 12 0 counter drop
 }
}
`;

/** IP and TCP with time stamps; a SYN has 8 bytes more. */
const headers = 52;
const segment = 1448;

/** `payload`: bytes that came, repeated ones too. Of what the kernel repeated, what was not dropped was in vain. */
export function onTheWire(spaces: Spaces, kernel: { bytesRetransmitted?: number } | undefined) {
  const text = spaces.run('router', 'nft', 'list', 'table', 'ip', 't');
  const counters = [...text.matchAll(/counter packets (\d+) bytes (\d+)/g)].map((m) => [Number(m[1]), Number(m[2])]);
  const [[packets, bytes], [dropped, droppedBytes]] = counters as [[number, number], [number, number]];
  const vainBytes = (kernel?.bytesRetransmitted ?? 0) - (droppedBytes - dropped * headers);
  return { dropped, payload: bytes - packets * headers - 8, inVain: Math.ceil(vainBytes / segment) };
}
