/** What the helper says of connections beside samples, events and entries, in the words of the trace. */
import type { KernelMessage } from '../../helper/kernelMessages';
import type { JoinedFact } from '../../model/fold/joined';
import type { KernelFact } from '../../model/fold/kernel';

/** undefined: the message says nothing of this. `toAt`: ns to µs since the trace began. */
export function joinedOf(m: KernelMessage, toAt: (ns: string) => number): JoinedFact | KernelFact | undefined {
  switch (m.t) {
    case 'traffic': {
      const { packetsSent, packetsReceived, ipBytesSent, ipBytesReceived, ecnMarks: ecnMarksReceived } = m;
      const totals = { packetsSent, packetsReceived, ipBytesSent, ipBytesReceived, ecnMarksReceived };
      return { k: 'totals', connection: m.id, at: toAt(m.at), totals };
    }
    case 'sizes': {
      const totals = {
        ...(m.sendSizes !== undefined ? { sendSizes: m.sendSizes } : {}),
        ...(m.receiveSizes !== undefined ? { receiveSizes: m.receiveSizes } : {}),
      };
      return { k: 'totals', connection: m.id, at: toAt(m.at), totals };
    }
    case 'queue': {
      const { packets: qdiscPackets, durationNs, longestNs } = m;
      const totals = { qdiscPackets, qdiscDuration: durationNs / 1000, qdiscLongest: longestNs / 1000 };
      return { k: 'totals', connection: m.id, at: toAt(m.at), totals };
    }
    case 'lookup': {
      const { pid, name, result } = m;
      return { k: 'lookupCall', call: { pid, name, beginAt: toAt(m.beginNs), endAt: toAt(m.endNs), result } };
    }
    case 'place':
      return { k: 'place', number: m.number, name: m.name };
    case 'listenOverflow': {
      // Of kind `event` it concerns one connection, and of `t` the listener.
      if (!('sinceAt' in m)) return undefined;
      const { count, local, waiting, backlog } = m;
      const by = { '*': 'procfs' };
      return { k: 'event', event: { at: toAt(m.at), kind: 'listenOverflow', count, local, waiting, backlog, by } };
    }
    default:
      return undefined;
  }
}
