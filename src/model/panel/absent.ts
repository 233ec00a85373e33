/**
 * Why a fact of the kernel or of the packets is not there, in words: one reason each. A record says what it alone lacks;
 * what a whole source lacks is said by the source, once.
 */
import type { Connection, Request, Source } from '../records';
import type { Records } from '../store/records';
import type { RecordingSetting } from './pageMessage';

export interface Absent {
  /** In the words of the trace format. */
  what: 'kernel' | 'route' | 'kernelEvents' | 'conntrack' | 'packets' | 'dnsExchanges' | 'final' | 'requestKernel';
  /** What it is called. */
  label: string;
  why: string;
  /** The setting that would record it from the next run on; absent: none would. */
  setting?: RecordingSetting;
}

/** Why a source gave nothing. */
const sourceReasons: Readonly<Record<string, string>> = {
  notAsked: 'off',
  noHelper: 'needs the helper',
  noRights: 'needs permission',
  notLoaded: 'was not loaded',
  kernelTooOld: 'needs a newer kernel',
  platform: 'not on this platform',
  fault: 'turned off after an internal error',
};

/** It was not asked for. */
const askable: ReadonlySet<string> = new Set([sourceReasons.notAsked ?? '']);

/** Why one record lacks what others have. */
const recordReasons: Readonly<Record<string, string>> = {
  closedBeforeWatch: 'the connection was over before the kernel could be asked',
  noFinal: 'its last statistics are missing: it was still open at the end of the trace, or was reset by this program',
  otherUser: 'it belongs to another user',
  noEntry: 'it is not tracked: no firewall rule requires it, or one excludes it',
  notConnected: 'it was never made, so that its own port is not known',
  noLocalAddress: 'its own address is not known',
  unixSocket: 'a Unix socket has none',
  incoming: 'only connections that the program opens are sampled',
  noSampleBefore: 'no statistics were taken before the request began',
  noSampleAfter: 'the kernel no longer had the connection when the request ended',
};

const settings: Partial<Readonly<Record<Absent['what'], RecordingSetting>>> = {
  kernel: 'helper',
  route: 'helper',
  kernelEvents: 'helper',
  conntrack: 'enableConntrack',
  packets: 'capture',
  dnsExchanges: 'dnsResolver',
};

const labels: Readonly<Record<Absent['what'], string>> = {
  kernel: 'Kernel statistics (round trip, retransmits)',
  route: 'Route and MTU',
  kernelEvents: 'Kernel events',
  conntrack: 'Address translation',
  packets: 'Packets',
  dnsExchanges: 'DNS messages',
  final: 'Last kernel statistics of the connection',
  requestKernel: 'Kernel statistics of this request',
};

/** `c`: the connection that carried it, if one did. */
export function absentOf(store: Records, r: Request, c: Connection | undefined): Absent[] {
  const { header } = store;
  const out: Absent[] = [];
  const say = (what: Absent['what'], why: string | undefined) => {
    if (why === undefined) return;
    const setting = askable.has(why) ? settings[what] : undefined;
    out.push({ what, label: labels[what], why, ...(setting === undefined ? {} : { setting }) });
  };
  /** By the source, if it gave nothing at all; else by the record. undefined: the source is there, and there was nothing. */
  const why = (source: Source['name'], record?: string) => {
    const said = header.sources.find((s) => s.name === source);
    if (said?.state === 'off' || said?.state === 'unavailable') return sourceText(said);
    if (record !== undefined) return recordReasons[record] ?? record;
    return said?.state === 'partial' ? sourceText(said) : undefined;
  };
  const missing = c?.missing?.kernel;
  const own = [...store.conntrackEntries.values()].some((e) => e.connection === c?.id);
  if (c?.kernel === undefined) say('kernel', why('inetDiag', missing));
  else if (missing !== undefined) say('final', recordReasons[missing] ?? missing);
  if (c?.kernel !== undefined && r.kernel === undefined && r.missing?.kernel !== undefined)
    say('requestKernel', recordReasons[r.missing.kernel] ?? r.missing.kernel);
  if (c?.route === undefined) say('route', why('netlink', c?.kernel === undefined ? missing : undefined));
  say('kernelEvents', why('bpf'));
  if (!own) say('conntrack', why('conntrack', c?.missing?.conntrack));
  if (!header.captures?.length) say('packets', why('capture'));
  if (store.dnsExchanges.size === 0) say('dnsExchanges', why('resolver'));
  return out;
}

/** Which file is not there, or which capability, says more to the doctor than here. */
const plain: readonly (string | undefined)[] = ['notAsked', 'noHelper', 'noRights'];

function sourceText({ reason, detail, state }: Source): string {
  const words = sourceReasons[reason ?? ''] ?? reason ?? state;
  return plain.includes(reason) ? words : (detail ?? words);
}
