/** One read or write of a socket; only with the setting that asks for them. */
import type { Static } from 'typebox';
import { bytes, instant, optional, record, ref, words } from '../base/schema';
import { address, errorInfo } from './common';

export const socketOperation = record(
  {
    connection: ref('connections', 'Socket it was done on.'),
    kind: words(['read', 'readFrom', 'write', 'writeTo'], 'What was done; readFrom and writeTo: one datagram.'),
    at: optional(
      instant('Call; of a read: its data was handed to JavaScript. Absent: native code did it, its sum is reported.'),
    ),
    returnAt: optional(
      instant('The kernel had taken or given all of it; absent: not seen, or what waited was never sent.'),
    ),
    bytes: optional(bytes('Bytes at the socket, TLS records included; 0 of a stream’s read: the end.')),
    remote: optional(address('Other end of a datagram.')),
    error: optional(errorInfo('Why it failed.')),
  },
  'One operation of a socket. The last 256 of each connection are kept.',
);
export type SocketOperation = Static<typeof socketOperation>;
