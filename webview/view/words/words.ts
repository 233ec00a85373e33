/** Words and sentences of the page. */

import { ordinalText, timeText } from '../../../src/model/base/text';
import { labelOf, labelWithin, shortOf } from '../../../src/model/facts/phaseWords';
import { phaseTime } from '../../../src/model/phases/measured';
import type { Breakdown, Row } from '../types';
import { stateWords } from './states';

/** A time as speech has it: without abbreviation. */
const spoken = (us: number): string =>
  timeText(us).replace(/ ms$/, ' milliseconds').replace(/ min /, ' minutes ').replace(/ s$/, ' seconds');

const setup = new Set(['dns', 'tcp', 'proxy', 'tls']);
const bare = (us: number): string => (us < 10_000 ? (us / 1000).toFixed(1) : (us / 1000).toFixed(0));

/**
 * The accessible name of a row, which says all that its bar shows: `POST pay.example.test/v1/intents, 201, done, 518
 * milliseconds: setup 96, waiting for server 412, content download 9; called at payment.ts line 57`.
 */
export function rowName(row: Row, total: number | undefined): string {
  const parts: string[] = [];
  const setupTime = row.phases.filter((p) => setup.has(p.name)).reduce((sum, p) => sum + p.duration, 0);
  for (const p of row.phases) {
    if (!setup.has(p.name)) parts.push(`${labelWithin(p.name)} ${phaseTime(p, bare) || 'not known'}`);
  }
  if (setupTime > 0) parts.splice(row.phases[0]?.name === 'queue' ? 1 : 0, 0, `setup ${bare(setupTime)}`);
  const time =
    total === undefined ? 'time not known' : `${spoken(total)}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
  const site = row.callSite
    ? `called at ${row.callSite.text.replace(/:(\d+)$/, ' line $1')}${row.callSite.package === undefined ? '' : `, via ${row.callSite.package}`}`
    : row.sentByYou
      ? 'sent by you'
      : 'caller not seen';
  const words = stateWords(row);
  const state = row.stateText.endsWith(words) ? row.stateText : `${row.stateText}, ${words}`;
  return [`${row.method} ${row.host}${row.path}${row.query}`, state, `${time}; ${site}`].join(', ');
}

export interface AbsentLine {
  /** The first phase it is about: its place among the others. */
  phase: string;
  label: string;
  why: string;
}

const reasons: Readonly<Record<string, string>> = {
  literal: 'not needed: the host is an address',
  plain: 'not needed: plain HTTP',
  unix: 'not needed: Unix socket',
  ready: 'not needed: the connection stood ready',
  earlier: 'was over before this request began',
  beforeTrace: 'not seen: connected before tracing began',
  notSeen: 'not seen',
  mocked: 'none: mocked, with no connection',
  direct: 'no proxy',
  earlyResponse: 'the response came before the request was sent',
  notInFormat: 'not in the imported file',
  notRead: 'the program did not read the body',
  noBody: 'no body',
};

const withoutProxy = new Set(['reused', 'ready', 'mocked', 'notReached', 'notYet']);

const remainders: Readonly<Record<string, string>> = { send: 'request', wait: 'response', download: 'response' };

/** What did not come any more: `TLS, request and response`. */
function remaining(names: readonly string[]): string {
  const words = [...new Set(names.map((n) => remainders[n] ?? shortOf(n)))];
  const text = words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` : (words[0] ?? '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * The lines without a figure, phases with the same reason together: `DNS, TCP, TLS: not needed: connection #5 was reused
 * (its 3rd request)`, `TLS, request and response: not reached`.
 */
export function absentLines(breakdown: Breakdown, row: Row): AbsentLine[] {
  const lines: AbsentLine[] = [];
  const seen = new Set<string>();
  for (const { why } of breakdown.absent) {
    // That there was no proxy is so usual that a line for it would only be noise.
    if (seen.has(why) || why === 'direct') continue;
    seen.add(why);
    // Where no proxy was seen none is named: of what was not reached it is not known that there was one.
    const names = breakdown.absent
      .filter((a) => a.why === why && !(a.name === 'proxy' && withoutProxy.has(why)))
      .map((a) => a.name);
    if (names.length === 0) continue;
    const first = names[0] as string;
    const label =
      (why === 'notReached' || why === 'notYet') && names.length > 1
        ? remaining(names)
        : names.length === 1
          ? labelOf(first)
          : names.map((n) => shortOf(n)).join(', ');
    lines.push({ phase: first, label, why: reasonText(why, row) });
  }
  return lines;
}

function reasonText(why: string, row: Row): string {
  if (why === 'reused') {
    const c = row.connection;
    return c
      ? `not needed: connection #${c.number} was reused (its ${ordinalText(c.ordinal)} request)`
      : 'not needed: a connection was reused';
  }
  if (why === 'notReached') return 'not reached';
  if (why === 'notYet') return 'not yet';
  return reasons[why] ?? why;
}

/** Name of the last line of a breakdown. */
export const totalLabel = (row: Row, ongoing: boolean): string =>
  ongoing || row.state === 'interrupted'
    ? 'So far'
    : row.state === 'failed' || row.state === 'aborted'
      ? 'Until failure'
      : 'Total';

/** `TLSv1.3` as people write it. */
export const tlsText = (version: string | undefined): string | undefined => version?.replace(/^TLSv/, 'TLS ');
