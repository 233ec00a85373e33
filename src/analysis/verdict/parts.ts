/**
 * The total split into parts with a side each, and bounds: at least so much (`lo`), at most so much (`hi`). Parts are
 * disjoint; without evidence lo is 0 and hi the phase.
 */

import { bytesText, timeText } from '../../model/base/text';
import type { Evidence, Finding, PhaseName } from '../../model/records';
import { number, time, words } from '../base/draft';
import { lookupSlots } from '../base/limits';
import { isLoopback } from '../base/places';
import { busyAdvice, busyEvidence, busyFault, busySentence, busyWords } from './case/busy';
import { type Case, durationOf, ofText, useHelper } from './case/context';
import { queue } from './queue';

export interface Part {
  rule: string;
  fault: Finding['fault'];
  phase: PhaseName;
  lo: number;
  hi: number;
  /** `<figure> of <total>` is put before it. */
  text: (share: string) => string;
  advice?: string;
  evidence: Evidence[];
  toFindOut?: string;
}

export function partsOf(k: Case): Part[] {
  return [queue(k), ...dns(k), ...tcp(k), tls(k), ...send(k), ...wait(k), ...download(k)].filter(
    (p): p is Part => p !== undefined && p.hi > 0,
  );
}

function dns(k: Case): Part[] {
  const whole = durationOf(k, 'dns');
  const l = k.c.lookup;
  if (whole === 0) return [];
  const pool = Math.min(whole, l?.poolWaitDuration ?? 0);
  const rest = whole - pool;
  const id = l?.id ?? k.r.id;
  const own = isLoopback(l?.hostname ?? k.c.dial?.host ?? k.host);
  const slots = (l?.inFlight ?? 0) > lookupSlots && l?.poolWaitDuration === undefined;
  return [
    {
      rule: 'threadPool',
      fault: 'yourCode',
      phase: 'dns',
      lo: pool,
      hi: pool,
      text: (share) =>
        `Waited ${share} for a thread before the lookup could start; the lookup itself took ${timeText(rest)}.`,
      advice: 'Start with a greater UV_THREADPOOL_SIZE, or move the work that fills the thread pool to a worker.',
      evidence: [time('wait for a thread', pool, id, 'poolWaitDuration'), time('lookup after it', rest, id)],
    },
    {
      rule: slots ? 'lookupSlots' : 'resolver',
      // No name server is asked for the own machine.
      fault: slots ? 'node' : own ? 'unclear' : 'dns',
      phase: 'dns',
      // Without the pool's wait, the rest may be the pool's too; its end is seen by the program, which may be busy.
      lo: l?.poolWaitDuration === undefined ? 0 : Math.max(0, rest - (k.busy ?? 0)),
      hi: rest,
      text: (share) =>
        slots
          ? `DNS: ${share}; ${l?.inFlight} lookups were running, and Node runs only ${lookupSlots} at a time.`
          : `DNS: ${share}; the resolver answered late.`,
      advice:
        `${own ? '' : 'Check this machine’s name server; '}requests on a reused connection need no lookup.`.replace(
          /^r/,
          'R',
        ),
      evidence: [
        time('lookup', rest, id),
        ...(l?.inFlight === undefined ? [] : [number('lookups running', l.inFlight, id)]),
      ],
    },
  ];
}

function tcp(k: Case): Part[] {
  const whole = durationOf(k, 'tcp');
  if (whole === 0) return [];
  const { winner, attempts, dial } = k.c;
  const begin = winner?.connect?.beginAt;
  const phase = k.breakdown.phases.find((p) => p.name === 'tcp');
  const lost = attempts.filter((a) => a.id !== winner?.id);
  const before =
    begin === undefined || lost.length === 0 || !phase ? 0 : Math.min(whole, Math.max(0, begin - phase.beginAt));
  const first = lost[0];
  return [
    {
      rule: 'attemptsGivenUp',
      fault: first?.connect?.result === 'timedOut' ? 'network' : 'server',
      phase: 'tcp',
      lo: before,
      hi: before,
      text: (share) =>
        `${share} went to ${lost.length === 1 ? (first?.remote?.address ?? 'an address') : `${lost.length} addresses`} that did not connect; then ${winner?.remote?.address ?? 'the next'} connected in ${timeText(whole - before)}.`,
      advice: 'Check the route to the first address; `family: 4` skips IPv6.',
      evidence: [
        time('attempts before', before, dial?.id, 'attempts'),
        ...(first?.connect?.result === undefined
          ? []
          : [words('first attempt', first.connect.result, first.id, 'connect.result')]),
      ],
    },
    {
      rule: 'tcpConnect',
      fault: 'network',
      phase: 'tcp',
      lo: 0,
      hi: whole - before,
      text: (share) => `Network: ${share} for the TCP connect.`,
      evidence: [time('TCP connect', whole - before, winner?.id, 'connect')],
      toFindOut: useHelper,
    },
  ];
}

function tls(k: Case): Part | undefined {
  const d = durationOf(k, 'tls');
  return {
    rule: 'tlsHandshake',
    fault: 'server',
    phase: 'tls',
    lo: 0,
    hi: d,
    text: (share) => `TLS handshake: ${share}${k.c.tls?.resumed === false ? ', a full one' : ''}.`,
    advice: 'Reuse connections; a full handshake costs one or two round trips.',
    evidence: [time('TLS handshake', d, k.c.tls?.id)],
  };
}

function send(k: Case): Part[] {
  const whole = durationOf(k, 'send');
  if (whole === 0) return [];
  const parts = k.breakdown.phases.find((p) => p.name === 'send')?.parts ?? [];
  const unsent = Math.min(whole, parts.find((p) => p.name === 'unsent')?.duration ?? 0);
  const { api = '', body } = k.r;
  // Called with everything there is to send: the program has nothing to do with what comes before the first byte.
  if (body === undefined && (api === 'fetch' || api === 'undici')) return [beforeFirstByte(k, whole, unsent)];
  const stall = Math.min(whole - unsent, parts.find((p) => p.name === 'stall')?.duration ?? 0);
  const waits = k.r.body?.drainWaits;
  return [
    {
      rule: 'producer',
      fault: 'yourCode',
      phase: 'send',
      lo: unsent,
      hi: unsent,
      text: (share) => `Your code: ${share} before it wrote the request.`,
      advice: 'Make the request when its body is ready.',
      evidence: [time('not written yet', unsent, k.r.id, 'sendBeginAt')],
    },
    {
      rule: 'uploadStall',
      fault: 'unclear',
      phase: 'send',
      lo: stall,
      hi: whole - unsent,
      text: (share) =>
        `Upload: ${share}; the send buffer was full ${waits === 1 ? 'once' : `${waits ?? 'several'} times`}. Not clear: server or network.`,
      advice: 'Check how fast the server reads the request.',
      evidence: [time('upload stalled', stall, k.r.id, 'body.drainDuration'), time('sending', whole - unsent, k.r.id)],
      toFindOut: useHelper,
    },
  ];
}

const beforeFirstByte = (k: Case, whole: number, unsent: number): Part => ({
  rule: 'unsent',
  fault: 'unclear',
  phase: 'send',
  lo: 0,
  hi: whole,
  text: (share) => `Sending: ${share}. Not clear: the HTTP client, or a process that was busy or stopped.`,
  advice: 'Check whether the event loop was busy then.',
  evidence: [time('not written yet', unsent, k.r.id, 'sendBeginAt'), time('sending', whole, k.r.id)],
});

/** Below this share of the wait, the busy loop is not worth a word. */
const saidBusy = 0.02;

const loopDelay = ({ loopDelayMax, r }: Case): Evidence[] =>
  loopDelayMax === undefined
    ? []
    : [time('response waited for the event loop at most', loopDelayMax, r.id, 'response.loopDelayMax')];

function wait(k: Case): Part[] {
  const d = durationOf(k, 'wait');
  if (d === 0) return [];
  // The loop may have been busy elsewhere in the request's life, or before the response came.
  const busyHi = k.busy === undefined ? 0 : Math.min(d, k.busy, k.loopDelayMax ?? d);
  const timing = k.r.response?.serverTiming?.length;
  return [
    {
      rule: 'server',
      fault: 'server',
      phase: 'wait',
      lo: d - busyHi,
      hi: d,
      text: (share) =>
        busyHi >= saidBusy * d && busyHi < d
          ? `The server took about ${share}: ${timeText(d)} waited, ${timeText(busyHi)} of it ${busyWords(k.whyBusy)}.`
          : `The server took ${share}, from the last request byte to the first response byte.`,
      evidence: [
        time('waiting', d, k.r.id, 'responseBeginAt'),
        ...(k.busy === undefined ? [] : [time('event loop busy', k.busy, k.r.id, 'loopBusyDuration')]),
        ...loopDelay(k),
        ...(timing ? [number('Server-Timing entries', timing, k.r.id)] : []),
      ],
    },
    {
      rule: 'busyLoop',
      fault: busyFault(k.whyBusy),
      phase: 'wait',
      lo: 0,
      hi: busyHi,
      text: () =>
        `${busySentence(k.whyBusy, k.r, ofText(Math.min(k.busy ?? 0, k.loopDelayMax ?? k.total), k.total))} and could not take a response; when it arrived was not measured.`,
      advice: busyAdvice[k.whyBusy],
      evidence: [...busyEvidence(k.r, k.busy ?? 0), ...loopDelay(k), time('waiting', d, k.r.id)],
      toFindOut: useHelper,
    },
  ];
}

function download(k: Case): Part[] {
  const whole = durationOf(k, 'download');
  if (whole === 0) return [];
  const parts = k.breakdown.phases.find((p) => p.name === 'download')?.parts ?? [];
  const unread = Math.min(whole, parts.find((p) => p.name === 'unread')?.duration ?? 0);
  const gap = Math.min(whole - unread, parts.find((p) => p.name === 'longestGap')?.duration ?? 0);
  const busy = k.busy === undefined ? 0 : Math.min(gap, k.busy);
  const bytes = k.r.response?.wireBytes ?? k.r.response?.bodyBytes;
  return [
    {
      rule: 'consumer',
      fault: 'yourCode',
      phase: 'download',
      lo: unread,
      hi: unread,
      text: (share) => `Your code: ${share} before it began to read the response.`,
      advice: 'Read the body as soon as the response arrives.',
      evidence: [time('not read yet', unread, k.r.id, 'response.readBeginAt')],
    },
    {
      rule: 'body',
      fault: 'server',
      phase: 'download',
      lo: gap - busy,
      hi: whole - unread,
      text: (share) =>
        gap - busy > 0
          ? `Body: ${ofText(whole - unread, k.total)} to arrive; nothing for ${timeText(gap)} of it at once${busy > 0 ? `, ${timeText(busy)} of that ${busyWords(k.whyBusy)}` : ''}.`
          : `Body: ${share}${bytes === undefined ? '' : ` for ${bytesText(bytes)}`}.`,
      evidence: [
        time('receiving the body', whole - unread, k.r.id),
        ...(gap > 0 ? [time('longest gap', gap, k.r.id, 'chunks.longestGap')] : []),
        ...(busy > 0 ? [time('event loop busy', busy, k.r.id, 'loopBusyDuration')] : []),
      ],
      toFindOut: useHelper,
    },
  ];
}
