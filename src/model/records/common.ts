/** Parts that several records share. */
import type { Static } from 'typebox';
import * as Type from 'typebox';
import { phaseNames } from '../base/phaseNames';
import {
  bytes,
  count,
  duration,
  flag,
  instant,
  integer,
  list,
  maskedText,
  optional,
  record,
  text,
  words,
} from '../base/schema';

export { type PhaseName, phaseNames } from '../base/phaseNames';

const errorFields = {
  phase: optional(words(phaseNames, 'Phase in which it happened; absent when not known.')),
  code: optional(text('Error code (`ECONNREFUSED`, `CERT_HAS_EXPIRED`, `UND_ERR_…`); absent if the error has none.')),
  name: optional(text('Name of the error class when it is not `Error`.')),
  message: optional(maskedText('Message, URLs in it masked; absent if empty.')),
  syscall: optional(text('System call that failed (`connect`, `getaddrinfo`, `read`).')),
  address: optional(text('Address concerned.')),
  port: optional(integer('Port concerned.')),
  hostname: optional(text('Host name looked up.')),
};

/** An error as structure, with its nested causes (`cause`, `AggregateError.errors`), at most 8 deep. */
export interface ErrorInfo extends Static<typeof errorObject> {
  causes?: ErrorInfo[];
}
const errorObject = Type.Object(errorFields);
const causes = (depth: number): ReturnType<typeof Type.Array> =>
  list(
    depth === 0
      ? Type.Object({}, { description: 'A deeper cause.' })
      : record({ ...errorFields, causes: optional(causes(depth - 1)) }, 'A cause.'),
    'Errors that led to this one: `cause`, or the members of an AggregateError.',
  );
export const errorInfo = (description: string) =>
  Type.Unsafe<ErrorInfo>(record({ ...errorFields, causes: optional(causes(2)) }, description));

export const address = (description: string) =>
  record({ address: text('IP address.'), port: integer('Port.') }, description);

/** A place in source code, 1-based line and column. */
export const frame = (description: string) =>
  record(
    {
      file: text('File as the runtime names it: a path, or a `file:` URL for ES modules.'),
      line: integer('Line, from 1.'),
      column: integer('Column, from 1.'),
      function: optional(text('Function; absent at top level or when anonymous.')),
    },
    description,
  );

/** Of a call site or a frame. */
export const transformed = optional(
  flag(
    'True: the code that ran is not the text of this file, as a loader has transformed it, and its map is not known.',
  ),
);

export const callSite = (description: string) =>
  record(
    {
      file: text('File that ran, as the runtime names it (path or `file:` URL).'),
      line: optional(integer('Line in that file, from 1. Absent: `transformed`.')),
      column: optional(integer('Column in that file, from 1. Absent: `transformed`.')),
      function: optional(text('Function; absent at top level or when anonymous.')),
      transformed,
      kind: words(
        ['user', 'library', 'inherited'],
        'user: first frame outside Node and node_modules. library: no such frame was on the stack. inherited: the first hop’s, for redirects.',
      ),
      package: optional(
        text('Package that the file belongs to, by its path: the place is the library’s. Absent: it belongs to none.'),
      ),
      source: optional(frame('Place in the original source by its source map; absent if there is no map.')),
    },
    description,
  );

export const header = record(
  {
    name: text('Name as sent.'),
    value: optional(maskedText('Value; only at level values, never of secret headers.', 'url')),
    length: optional(
      count('Length of the value in characters; at level lengths, and of secret headers at level values.'),
    ),
  },
  'One header line.',
);

export const keepAlive = record(
  {
    timeout: optional(duration('Idle time after which the server closes, by its Keep-Alive header.')),
    max: optional(count('Requests the server allows on the connection.')),
  },
  'What the server’s Keep-Alive header said.',
);

export const abort = record(
  {
    at: optional(instant('When it was aborted.')),
    reason: optional(maskedText('Reason given, or the name of the abort’s error.')),
    timer: optional(duration('Delay of the timer in whose callback it was aborted. Absent: in none, or not known.')),
  },
  'Ended by the program itself. Absent if not.',
);

export const chunks = (description: string) =>
  record(
    {
      count: count('Chunks seen, exact.'),
      bytes: bytes('Their size together, exact.'),
      marks: Type.Array(Type.Array(Type.Number()), {
        description: 'Pairs [instant, bytes] of the chunks: all up to 64, of more the first 8 and the last 56.',
        'x-kind': 'marks',
      }),
      droppedMarks: optional(count('Chunks without a mark, between the first 8 and the last 56.')),
      longestGap: optional(
        record(
          { beginAt: instant('Chunk before the gap.'), endAt: instant('Chunk after it.') },
          'Longest time between two chunks, of all of them.',
        ),
      ),
    },
    description,
  );

const frameCount = (what: string) => optional(count(`${what} Absent: none.`));

/** Of a WebSocket: one direction, by the headers of its frames. */
export const frames = (description: string) =>
  record(
    {
      count: count('Frames, exact.'),
      messages: count('Messages that came to their end: text or binary, each of one frame or more.'),
      payloadBytes: bytes('Payload as the headers give it, after compression, of all frames.'),
      text: frameCount('Text frames.'),
      binary: frameCount('Binary frames.'),
      continuation: frameCount('Frames that continue a message.'),
      ping: frameCount('Pings.'),
      pong: frameCount('Pongs.'),
      close: frameCount('Close frames.'),
      compressed: frameCount('Messages that are compressed.'),
      closeCode: optional(integer('Code of the close frame. Absent: it had none, or there was no such frame.')),
    },
    description,
  );

export const loss = record(
  {
    source: text('Source that lost something: hook, session, inetDiag …'),
    what: words(
      ['requests', 'lines', 'chunks', 'connections', 'operations', 'kernelSamples', 'kernelEvents', 'packets'],
      'What was lost.',
    ),
    kind: words(['dropped', 'evicted', 'torn', 'overflow', 'truncated', 'missingSegment', 'interruptedDump'], 'How.'),
    count: count('How many; exact.'),
    beginAt: optional(instant('First instant concerned; absent if not known.')),
    endAt: optional(instant('Last instant concerned; absent if not known.')),
    thread: optional(text('Thread concerned; absent if none in particular.')),
    reason: optional(text('Why, in words.')),
  },
  'Something that was seen but is not (or no longer) in the trace.',
);
export type Loss = Static<typeof loss>;
export type CallSite = Static<ReturnType<typeof callSite>>;
export type Frame = Static<ReturnType<typeof frame>>;
export type Header = Static<typeof header>;
