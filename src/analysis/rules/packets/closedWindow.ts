/** A receiver that stopped reading: its window was closed while bytes waited, the server's while sending, or our own. */

import { bytesText, plural, timeText } from '../../../model/base/text';
import type { KernelSample, Request } from '../../../model/records';
import { type Draft, draft, number, time } from '../../base/draft';
import { type Facts, push, sum } from '../../base/facts';
import { sampleBefore } from '../../base/kernelSamples';
import { closedWindow } from '../../base/limits';
import { originOf } from '../../base/places';

interface Stalled {
  r: Request;
  /** µs that it held the sending up, or between two looks at unread bytes. */
  held: number;
  /** Bytes that waited in that time. */
  waiting: number;
  at: number;
}

export function closedWindowRule(facts: Facts): Draft[] {
  const groups = new Map<string, Stalled[]>();
  for (const r of facts.requests) {
    if (facts.store.pausesOf(r.thread).length > 0) continue;
    const theirs = sendingOf(r, facts);
    if (theirs) push(groups, `server ${originOf(r.url)}`, theirs);
    const ours = readingOf(r, facts);
    if (ours) push(groups, `program ${originOf(r.url)}`, ours);
  }
  return [...groups].map(([key, list]) => {
    const [who, origin = ''] = key.split(' ');
    const server = who === 'server';
    const longest = list.reduce((max, s) => (s.held > max.held ? s : max));
    const held = timeText(sum(list.map((s) => s.held)));
    const waiting = bytesText(Math.max(...list.map((s) => s.waiting)));
    const n = plural(list.length, 'request');
    return draft({
      rule: 'zero-window',
      severity: 'warning',
      title: server ? `${origin} stopped reading` : `Your code stopped reading what ${origin} sent`,
      text: server
        ? `The server stopped reading: its closed window held up ${n} to ${origin} for ${held}; ${waiting} were waiting.`
        : `Your code left ${waiting} of ${origin} unread for ${held} and more, in ${n}: the server could send no more.`,
      fault: server ? 'server' : 'yourCode',
      certainty: 'sure',
      subjects: list.map((s) => s.r.id),
      evidence: [
        time(
          server ? 'held up by the closed window' : 'unread for at least',
          sum(list.map((s) => s.held)),
          longest.r.id,
        ),
        time('first seen', longest.at),
        { what: 'waiting', value: longest.waiting, unit: 'bytes' },
        number('requests', list.length),
      ],
      advice: server
        ? 'Let the server read the request while it works on it, or send less at once.'
        : 'Read the body as it arrives; limit what is requested at once.',
    });
  });
}

/** What came while the first byte of the answer had not. */
function sendingOf(r: Request, facts: Facts): Stalled | undefined {
  const { connection, sendBeginAt: from, kernel } = r;
  if (connection === undefined || from === undefined) return undefined;
  const to = r.responseBeginAt ?? r.endAt ?? facts.now;
  const all = facts.samplesOf(connection);
  const closed = all.filter((s) => s.at >= from && s.at <= to && isClosed(s));
  const [first] = closed;
  const last = closed.at(-1);
  if (!first || !last) return undefined;
  // One look may fall into a moment: the kernel's own probes, or a second look without progress, show that it lasted.
  if (!closed.some((s) => (s.backoff ?? 0) > 0) && !stands(closed, (s) => s.bytesAcked)) return undefined;
  const since = sampleBefore(all, from)?.rwndLimitedDuration ?? 0;
  const own = kernel && !kernel.shared ? kernel.rwndLimitedDuration : undefined;
  const held = own ?? (last.rwndLimitedDuration ?? 0) - since;
  return held >= closedWindow.min ? { r, held, waiting: last.notSentBytes ?? 0, at: first.at } : undefined;
}

/** Less than one segment is let through, all else is acknowledged, and there is more to send. */
const isClosed = ({ sendWindow, mss, notSentBytes = 0, unacked = 0 }: KernelSample): boolean =>
  sendWindow !== undefined && mss !== undefined && sendWindow < mss && notSentBytes > 0 && unacked <= 1;

function readingOf(r: Request, facts: Facts): Stalled | undefined {
  const { connection, responseBeginAt: from } = r;
  if (connection === undefined || from === undefined) return undefined;
  const to = r.endAt ?? facts.now;
  const full = facts.samplesOf(connection).filter((s) => s.at >= from && s.at <= to && isFull(s));
  const held = stands(full, (s) => s.bytesReceived);
  const [first] = full;
  const last = full.at(-1);
  return held && first && last ? { r, held, waiting: last.receiveQueueBytes ?? 0, at: first.at } : undefined;
}

const isFull = ({ receiveWindow, mss, receiveQueueBytes = 0 }: KernelSample): boolean =>
  receiveWindow !== undefined && mss !== undefined && receiveWindow < mss && receiveQueueBytes > 0;

/** µs between the first and the last of those that say the same; undefined: nowhere long enough to be felt. */
function stands(samples: readonly KernelSample[], of: (s: KernelSample) => number | undefined): number | undefined {
  let max = 0;
  for (let from = 0, i = 1; i < samples.length; i++) {
    const [a, b] = [samples[from] as KernelSample, samples[i] as KernelSample];
    if (of(a) === undefined || of(a) !== of(b)) from = i;
    else max = Math.max(max, b.at - a.at);
  }
  return max >= closedWindow.min ? max : undefined;
}
