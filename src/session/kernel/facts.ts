/** What the helper says of connections, as facts for the fold. Pure: whose state changes is decided by who asks. */
import { kernelMessage } from '../../helper/kernelMessages';
import type { Message, OtherMessage } from '../../helper/protocol';
import type { KernelFact } from '../../model/fold/kernel';
import type { Clocks } from './clocks';
import { entryOf } from './conntrack';
import { eventOf, netnsOf, placeOf } from './events';
import { joinedOf } from './joined';

/** undefined: it is not about a connection. `known`: whether figures of that connection have come before. */
export function factOf(m: Message, clocks: Clocks, known: (connection: string) => boolean): KernelFact | undefined {
  switch (m.t) {
    case 'watched': {
      if (!m.found) return undefined;
      const { cookie, inode, uid } = m;
      return {
        k: 'watched',
        connection: m.id,
        ...(cookie !== undefined ? { cookie } : {}),
        ...(inode !== undefined ? { inode } : {}),
        ...(uid !== undefined ? { uid } : {}),
      };
    }
    case 'route': {
      const { interface: name, mtu, nextHop, source } = m;
      const route = {
        ...(name !== undefined ? { interface: name } : {}),
        ...(mtu !== undefined ? { mtu } : {}),
        ...(nextHop !== undefined ? { nextHop } : {}),
        ...(source !== undefined ? { source } : {}),
      };
      return { k: 'route', connection: m.id, route };
    }
    case 'sample':
      return {
        k: 'sample',
        connection: m.id,
        at: clocks.at(m.at),
        ...(m.tookNs !== undefined ? { doneAt: clocks.at(m.at) + m.tookNs / 1000 } : {}),
        trigger: m.trigger,
        totals: m.totals,
        ...(m.final ? { final: true } : {}),
      };
    case 'ended':
      return { k: 'missing', connection: m.id, reason: known(m.id) ? 'noFinal' : 'closedBeforeWatch' };
    case 'failed':
      if (m.cmd !== 'watch' || m.id === undefined) return undefined;
      return { k: 'missing', connection: m.id, reason: m.errno === 1 ? 'otherUser' : m.reason };
    default:
      return undefined;
  }
}

/**
 * Fact of a message that needs permission (events, entries, statistics). undefined: it is invalid, or another message.
 */
export function factOfOther(other: OtherMessage, clocks: Clocks): KernelFact | undefined {
  const read = kernelMessage(other);
  if (!read || 'error' in read) return undefined;
  const { message } = read;
  if (message.t === 'conntrack') {
    const clock = { monotonic: clocks.at, realtime: clocks.wallAt };
    return { k: 'conntrack', connection: message.id, entry: entryOf(message, clock) };
  }
  const event = eventOf(message, clocks.at);
  if (!event) return joinedOf(message, clocks.at);
  return { k: 'event', event, ...placeOf(message), ...netnsOf(message) };
}
