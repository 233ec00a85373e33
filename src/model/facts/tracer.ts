/** What the recording itself did, in sentences, with what these figures do not say. */
import { bytesText, numberText, plural, timeText } from '../base/text';
import type { HookCost, Process, Tracer } from '../records';

/** Undefined: the host kept up. Times in the trace are right all the same: they are the program's own. */
export function behindText({ behind, maxPoll }: Tracer): string | undefined {
  if (behind === 0) return undefined;
  const time = maxPoll === undefined ? '' : `, for up to ${timeText(maxPoll)}`;
  return `Net Trace was slower than the program ${plural(behind, 'time')}${time}: the machine was busy, or more is traced than can be read. What was shown live was late; times in the trace are not affected.`;
}

/** Of all threads that reported it: the sums, and the longest start. Undefined: none did, as they are reported at the end. */
export function hookCostOf(processes: Iterable<Process>): HookCost | undefined {
  let sum: HookCost | undefined;
  for (const { threads } of processes)
    for (const { hookCost: c } of threads) {
      if (c === undefined) continue;
      sum = {
        start: Math.max(sum?.start ?? 0, c.start),
        handlers: (sum?.handlers ?? 0) + c.handlers,
        requests: (sum?.requests ?? 0) + c.requests,
      };
    }
  return sum;
}

/** What the hook measured of itself, and what is not in it. */
export function hookCostLines(cost: HookCost | undefined): string[] {
  if (cost === undefined) return ['What tracing costs in the program is reported after 200 requests, or when it ends.'];
  const { start, handlers, requests } = cost;
  return [
    ...(requests > 0
      ? [
          `In the program, the hook’s own code took ${numberText(Math.round(handlers / requests))} µs a request, measured over ${numberText(requests)}`,
        ]
      : []),
    `Longest start of the hook in a program: ${timeText(start)}`,
    'Not in these times: what Node’s own functions take longer for being wrapped (docs/performance.md).',
  ];
}

/** One line for each figure. */
export function tracerLines(t: Tracer, cost: HookCost | undefined): string[] {
  const behind = behindText(t);
  return [
    `${plural(t.lines, 'event line')} read, ${bytesText(t.bytes)}`,
    ...(t.lag === undefined || t.maxLag === undefined
      ? []
      : [`From the end of a request to its row: ${timeText(t.lag)}, at most ${timeText(t.maxLag)}`]),
    ...(t.longPolls === 0 ? [] : [`${numberText(t.longPolls)} of ${plural(t.polls, 'read')} took over 0.4 s`]),
    ...(behind === undefined ? [] : [behind]),
    ...hookCostLines(cost),
  ];
}
