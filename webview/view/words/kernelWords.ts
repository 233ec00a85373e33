/** What the kernel did with a connection, in words. */
import { bytesText, timeText } from '../../../src/model/base/text';
import type { ConntrackEntry, KernelEvent } from '../types';

interface End {
  address: string;
  port: number;
}

const addressText = ({ address, port }: End): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

const differ = (a: End | undefined, b: End | undefined): boolean =>
  a !== undefined && b !== undefined && addressText(a) !== addressText(b);
const aside = (text: string | undefined): string => (text === undefined ? '' : `: ${text}`);
const both = (a: string, b: string): string => [a, b].filter(Boolean).join(', ');

/** Where answers go, where that is not where they are from the program's side. */
export function leavesAs({ original, reply }: ConntrackEntry): string | undefined {
  const to = reply?.destination;
  return to && differ(to, original?.source) ? addressText(to) : undefined;
}

export function reaches({ original, reply }: ConntrackEntry): string | undefined {
  const from = reply?.source;
  return from && differ(from, original?.destination) ? addressText(from) : undefined;
}

const retransmitWords: Readonly<Record<string, string>> = {
  rto: 'retransmission timeout',
  fast: 'fast retransmit',
  tlp: 'tail loss probe',
};

function icmpText(icmp: NonNullable<KernelEvent['icmp']>): string {
  const mtu = icmp.mtu === undefined ? '' : `, packets up to ${icmp.mtu} B`;
  return `ICMP${icmp.version === 6 ? 'v6' : ''} type ${icmp.type} code ${icmp.code} from ${icmp.from}${mtu}`;
}

export function eventText(e: KernelEvent): string {
  const of = e.bytes === undefined ? '' : bytesText(e.bytes);
  const inState = e.tcpState === undefined ? '' : ` in ${e.tcpState}`;
  switch (e.kind) {
    case 'state':
      return `${e.from} → ${e.to}${e.duration === undefined ? '' : ` after ${timeText(e.duration)}`}`;
    case 'congestion':
      return `congestion: ${e.from} → ${e.to}`;
    case 'retransmit':
      return `${of === '' ? 'a segment' : of} retransmitted${aside(retransmitWords[e.retransmitKind ?? ''])}`;
    case 'drop':
      return `packet dropped: ${both(both(e.reason ?? '', e.direction ?? ''), both(of, e.place ?? ''))}`;
    case 'resetReceived':
      return `reset by the server${inState}`;
    case 'resetSent':
      return `reset sent${inState}`;
    case 'error':
    case 'udpError':
      return `error: ${e.error ?? 'not named'}`;
    case 'icmp':
      return e.icmp ? icmpText(e.icmp) : 'ICMP';
    case 'listenOverflow':
      return 'the listener’s queue was full';
    case 'delay':
      return `read${e.duration === undefined ? '' : ` after ${timeText(e.duration)} in the socket`}`;
    default:
      return e.kind;
  }
}
