/** What connection tracking made of a connection: how it was translated on its way; by the native helper. */
import type { Static } from 'typebox';
import * as Type from 'typebox';
import { by, bytes, count, duration, id, instant, integer, missing, optional, record, ref, text } from '../base/schema';
import { address } from './common';

const ends = (description: string) =>
  record({ source: optional(address('From.')), destination: optional(address('To.')) }, description);

export const conntrackEntry = record(
  {
    id: id('Id.'),
    connection: optional(ref('connections', 'Connection. Absent: not known.')),
    conntrackId: optional(integer('The kernel’s id of it. Absent: not reported.')),
    capturedAt: optional(instant('When it was like this, as late as could be. Absent: not known.')),
    status: optional(
      Type.Array(Type.String(), {
        description: 'Flags: `confirmed`, `assured`, `seen-reply`, `src-nat`, `dst-nat` … Absent: not reported.',
      }),
    ),
    tcpState: optional(text('`established`, `time-wait` … Absent: not TCP, or not reported.')),
    mark: optional(count('Its mark. Absent: not reported.')),
    zone: optional(count('Its zone. Absent: none.')),
    original: optional(ends('As the program sends. Absent: not known.')),
    reply: optional(ends('As answers come: translated where it is not the reverse of `original`. Absent: not known.')),
    packetsSent: optional(count('IP packets in the original direction. Absent: `missing.counters` says why.')),
    packetsReceived: optional(count('IP packets against it. Absent: likewise.')),
    bytesSent: optional(bytes('Of IP, in the original direction. Absent: likewise.')),
    bytesReceived: optional(bytes('Of IP, against it. Absent: likewise.')),
    beginAt: optional(instant('The entry was made. Absent: `missing.times` says why.')),
    endAt: optional(instant('The kernel forgot it. Absent: it has not, or `missing.times` says why.')),
    timeoutDuration: optional(duration('Until the kernel forgets it, at `capturedAt`. Absent: not reported.')),
    missing,
    by,
  },
  'An entry of connection tracking. Source: conntrack. `missing`: `counters` accountingOff or untilEnd, `times` timestampsOff or untilEnd.',
);
export type ConntrackEntry = Static<typeof conntrackEntry>;
