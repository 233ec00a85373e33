/** What the recording itself did, in sentences, with what these figures do not say. */
import { bytesText, numberText, plural, timeText } from '../base/text';
import type { Tracer } from '../records';

/** Undefined: the host kept up. Times in the trace are right all the same: they are the program's own. */
export function behindText({ behind, maxPoll }: Tracer): string | undefined {
  if (behind === 0) return undefined;
  const time = maxPoll === undefined ? '' : `, for up to ${timeText(maxPoll)}`;
  return `Net Trace was slower than the program ${plural(behind, 'time')}${time}: the machine was busy, or more is traced than can be read. What was shown live was late; times in the trace are not affected.`;
}

/** One line for each figure. */
export function tracerLines(t: Tracer): string[] {
  const behind = behindText(t);
  return [
    `${plural(t.lines, 'event line')} read, ${bytesText(t.bytes)}`,
    ...(t.lag === undefined || t.maxLag === undefined
      ? []
      : [`From the end of a request to its row: ${timeText(t.lag)}, at most ${timeText(t.maxLag)}`]),
    ...(t.longPolls === 0 ? [] : [`${numberText(t.longPolls)} of ${plural(t.polls, 'read')} took over 0.4 s`]),
    ...(behind === undefined ? [] : [behind]),
    'Not measured: what tracing costs in the program.',
  ];
}
