/** Bodies that take long: uploads held up by the reader or by the program's own stream, responses that arrive slowly. */

import { median } from '../../../model/base/statistics';
import { bytesText, plural, timeText } from '../../../model/base/text';
import type { Request } from '../../../model/records';
import { type Draft, draft, number, time } from '../../base/draft';
import { type Facts, push, sum } from '../../base/facts';
import { heldUp, slowAt, slowBody, upload } from '../../base/limits';
import { hostOf, isLoopback, originOf, templateOf } from '../../base/places';

interface Upload {
  r: Request;
  /** µs of sending; in them, the socket took no more; and nothing was there to be sent. */
  send: number;
  held: number;
  idle: number;
}

const sides = {
  stream: { words: 'your stream', fault: 'yourCode' },
  socket: { words: 'server or network', fault: 'unclear' },
  path: { words: 'server or network', fault: 'unclear' },
  reader: { words: 'the server', fault: 'server' },
  buffer: { words: 'the send buffer', fault: 'machine' },
  line: { words: 'the network', fault: 'network' },
} as const;

/** What delayed it, by the kernel statistics of its own time. */
function byKernel({ kernel: k }: Request): 'reader' | 'buffer' | 'line' | undefined {
  if (!k || k.shared || !k.busyDuration) return undefined;
  if ((k.rwndLimitedDuration ?? 0) >= heldUp.window * k.busyDuration) return 'reader';
  if ((k.sndbufLimitedDuration ?? 0) >= heldUp.buffer * k.busyDuration) return 'buffer';
  return 'line';
}

export function uploadRule(facts: Facts): Draft[] {
  const groups = new Map<string, Upload[]>();
  for (const r of facts.requests) {
    const u = uploadOf(r, facts);
    if (!u) continue;
    const why =
      u.idle >= upload.share * u.send
        ? 'stream'
        : (byKernel(r) ?? (u.held >= upload.share * u.send ? 'socket' : 'path'));
    push(groups, `${why} ${originOf(r.url)}`, u);
  }
  return [...groups].map(([key, list]) => {
    const [why, origin = ''] = key.split(' ');
    const send = sum(list.map((u) => u.send));
    const part = sum(list.map((u) => (why === 'stream' ? u.idle : u.held)));
    const first = list[0] as Upload;
    const n = `${plural(list.length, 'upload')} to ${origin}`;
    const bytes = sum(list.map(({ r }) => r.body?.bytes ?? r.body?.declaredBytes ?? 0));
    const window = sum(list.map(({ r }) => r.kernel?.rwndLimitedDuration ?? 0));
    const buffer = sum(list.map(({ r }) => r.kernel?.sndbufLimitedDuration ?? 0));
    const texts = {
      stream: `Your stream had nothing to send for ${timeText(part)} of ${timeText(send)}, in ${n}.`,
      socket: `Not clear: the send buffer was full for ${timeText(part)} of ${timeText(send)}, in ${n}: server or network.`,
      reader: `The server reads slowly: its window held up ${n} for ${timeText(window)} of ${timeText(send)}.`,
      buffer: `This machine’s send buffer held up ${n} for ${timeText(buffer)} of ${timeText(send)}.`,
      line: `Network: ${n} took ${timeText(send)} for ${bytesText(bytes)}; neither the server nor this machine held it up.`,
      path: `Not clear: ${n} took ${timeText(send)} for ${bytesText(bytes)}: server or network.`,
    };
    return draft({
      rule: 'upload-limited',
      severity: Math.max(...list.map((u) => u.send)) >= upload.warning ? 'warning' : 'info',
      title: `Upload held up by ${sides[why as keyof typeof sides].words}`,
      text: texts[why as keyof typeof texts],
      fault: sides[why as keyof typeof sides].fault,
      certainty: why === 'socket' || why === 'path' ? 'unclear' : why === 'line' ? 'likely' : 'sure',
      subjects: list.map((u) => u.r.id),
      evidence: [
        time('sending', send, first.r.id, 'sendEndAt'),
        ...(why === 'stream' ? [time('nothing to send', part, first.r.id, 'body.lastWriteAt')] : []),
        ...(why === 'socket' ? [time('send buffer full', part, first.r.id, 'body.drainDuration')] : []),
        ...(window > 0
          ? [time('held up by the server’s window', window, first.r.id, 'kernel.rwndLimitedDuration')]
          : []),
        ...(why === 'buffer'
          ? [time('held up by the send buffer', buffer, first.r.id, 'kernel.sndbufLimitedDuration')]
          : []),
        { what: 'bytes', value: bytes, unit: 'bytes' },
      ],
      advice:
        why === 'stream'
          ? 'Read the source faster: bigger chunks, a greater highWaterMark, `pipeline`.'
          : why === 'socket' || why === 'path'
            ? 'Run with --helper all: kernel statistics distinguish server and network (docs/kernel.md).'
            : why === 'reader'
              ? 'Let the server read the request while it works on it, or send less at once.'
              : 'Send less, or compress it.',
    });
  });
}

function uploadOf(r: Request, { store }: Facts): Upload | undefined {
  const { body, sendBeginAt, sendEndAt, createdAt } = r;
  if (!body || sendBeginAt === undefined || sendEndAt === undefined || createdAt === undefined) return undefined;
  const send = sendEndAt - sendBeginAt;
  const total = (r.endAt ?? sendEndAt) - createdAt;
  const size = body.bytes ?? body.declaredBytes ?? 0;
  if (size < upload.min || send < upload.shortest || send < upload.of * total) return undefined;
  if (store.pausesOf(r.thread).length > 0) return undefined;
  const held = Math.min(send, body.drainDuration ?? 0);
  const idle = body.lastWriteAt === undefined ? 0 : Math.max(0, Math.min(send, body.lastWriteAt - sendBeginAt) - held);
  return { r, send, held, idle };
}

export function slowBodyRule({ byOrigin, store }: Facts): Draft[] {
  const groups = new Map<string, Request[]>();
  for (const [origin, requests] of byOrigin)
    for (const r of requests)
      if (isLong(r) && store.pausesOf(r.thread).length === 0)
        push(groups, `${r.method} ${origin}${templateOf(r.url ?? '')}`, r);
  return [...groups].flatMap(([kind, list]) => {
    const slow = list.filter((r) => own(r) >= slowBody.share * ((r.endAt as number) - (r.createdAt as number)));
    if (slow.length < slowBody.count || slow.length < slowBody.of * list.length) return [];
    const times = slow.map(own);
    const gaps = slow.flatMap((r) => {
      const g = r.chunks?.longestGap;
      return g ? [g.endAt - g.beginAt] : [];
    });
    const loopback = isLoopback(hostOf(originOf(slow[0]?.url)));
    return [
      draft({
        rule: 'body-slow',
        severity: median(times) >= slowBody.warning && slow.length >= 5 ? 'warning' : 'info',
        title: `Bodies of ${kind} take ${timeText(median(times))}`,
        text: `${loopback ? '' : 'Server or network: '}${plural(slow.length, 'body', 'bodies')} of ${kind} took ${timeText(median(times))} (median) to arrive${gaps.length > 0 ? `, with gaps of up to ${timeText(Math.max(...gaps))}` : ''}.`,
        fault: loopback ? 'server' : 'unclear',
        certainty: loopback ? 'sure' : 'likely',
        subjects: slow.map((r) => r.id),
        evidence: [
          number('bodies', slow.length),
          time('median time', median(times)),
          ...(gaps.length > 0 ? [time('longest gap', Math.max(...gaps), slow[0]?.id, 'chunks.longestGap')] : []),
        ],
        advice: 'Request less or a compressed response, cache responses, or run requests in parallel.',
      }),
    ];
  });
}

const isLong = (r: Request): boolean =>
  r.outcome === 'complete' &&
  r.createdAt !== undefined &&
  r.endAt !== undefined &&
  r.endAt - r.createdAt >= slowAt &&
  r.response?.contentType?.startsWith('text/event-stream') !== true &&
  r.upgrade === undefined;

/** µs of the body that are not the program's: without its late begin of reading, and without its busy time. */
function own(r: Request): number {
  if (r.responseBeginAt === undefined || r.endAt === undefined) return 0;
  const from = Math.max(r.responseBeginAt, r.response?.readBeginAt ?? r.responseBeginAt);
  return Math.max(0, r.endAt - from - (r.loopBusyDuration ?? 0));
}
