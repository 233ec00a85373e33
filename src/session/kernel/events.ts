/** Events of the kernel as the helper says them, in the words of the trace. */
import type { KernelMessage } from '../../helper/kernelMessages';
import type { KernelEvent } from '../../model/records';

/** Features that report events, and need permission. */
export const eventFeatures = [
  'states',
  'retransmits',
  'drops',
  'resets',
  'errors',
  'congestion',
  'udpErrors',
  'delays',
  'traffic',
  'sizes',
  'queues',
  'icmp',
] as const;

/** `syn-sent` → synSent, as states are written elsewhere. */
const word = (text: string): string => text.replace(/-(\w)/g, (_, c: string) => c.toUpperCase());

/** undefined: the message is no event. `toAt`: ns to µs since the trace began. */
export function eventOf(m: KernelMessage, toAt: (ns: string) => number): Omit<KernelEvent, 'id'> | undefined {
  if (m.t !== 'event') return undefined;
  const event: Omit<KernelEvent, 'id'> = { connection: m.id, at: toAt(m.at), kind: m.kind };
  if (m.tcpState !== undefined) event.tcpState = word(m.tcpState);
  if (m.pid !== undefined) event.pid = m.pid;
  if ('from' in m) Object.assign(event, { from: word(m.from), to: word(m.to) });
  if ('durationNs' in m && m.durationNs !== undefined) event.duration = m.durationNs / 1000;
  if ('bytes' in m) event.bytes = m.bytes;
  switch (m.kind) {
    case 'retransmit':
      event.total = m.total;
      if (m.retransmitKind !== undefined) event.retransmitKind = m.retransmitKind;
      break;
    case 'drop':
    case 'listenOverflow':
      if (m.reason !== undefined) event.reason = m.reason;
      if (m.direction !== undefined) event.direction = m.direction;
      break;
    case 'error':
      event.soft = m.soft;
      if (m.error !== undefined) event.error = m.error;
      break;
    case 'udpError':
      if (m.error !== undefined) event.error = m.error;
      break;
    case 'icmp':
      event.icmp = m.icmp;
      break;
  }
  return event;
}

/** Number of the place in the kernel where a packet was dropped: its name is sent separately. */
export const placeOf = (m: KernelMessage): { place?: number } =>
  'placeNumber' in m && m.placeNumber !== undefined ? { place: m.placeNumber } : {};

/** Network namespace of the socket, an inode; absent: the helper had none to say. */
export const netnsOf = (m: KernelMessage): { netns?: number } =>
  'netns' in m && m.netns !== undefined ? { netns: m.netns } : {};
