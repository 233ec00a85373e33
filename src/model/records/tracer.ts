/** What the recording itself did, by the host's own figures. What was lost on the way is in `losses`. */
import type { Static } from 'typebox';
import { bytes, count, duration, optional, record } from '../base/schema';

export const tracer = record(
  {
    lines: count('Event lines that were read.'),
    bytes: bytes('Their size in the spool.'),
    lag: optional(
      duration(
        'From the end of a request to its record, of the newest; includes what the program took to write the line. Absent: no request has ended.',
      ),
    ),
    maxLag: optional(duration('The longest of these times. Absent: as `lag`.')),
    polls: count('Reads of the spool.'),
    longPolls: count('Reads that took over 80 % of their period, from when they were due.'),
    maxPoll: optional(duration('The longest read, to where nothing was left. Absent: there was none.')),
    behind: count('Reads that took over a second: the host was slower than the programs.'),
  },
  'What the recording itself took. Absent: an import, or a file of an earlier version.',
);
export type Tracer = Static<typeof tracer>;
