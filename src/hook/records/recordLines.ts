/** All lines of a request: its begin, what is known while it waits, its head, its end. */
import { bounded } from '../output/json';
import { now } from '../runtime/clock';
import { past } from '../runtime/ids';
import { bodies, bodyLines } from './body/recorded';
import { headerLines, headers } from './headers/headers';
import type { RequestRecord } from './request';
import { beginText, endText, exchangeText, headLine } from './requestLines';

/** What is new since the last time. */
export function linesOf(r: RequestRecord): string {
  if (r.hold !== undefined || r.id <= past.id) return '';
  const ended = r.endAt !== 0;
  let s = '';
  const { wire, dial } = r;
  const settled = (wire === undefined || wire.settled) && (dial === undefined || dial === wire || dial.settled);
  if (r.written === 0) {
    if (ended && settled) {
      r.written = 3;
      s = bounded(beginText(r) + endText(r, true));
    } else {
      r.written = 1;
      s = bounded(`${beginText(r)}${settled ? sentText(r) : ''}}\n`);
    }
  }
  // Nothing may name a record before its own first line: the dial names the request, and the end names the dial.
  if (!settled)
    s += (dial === undefined || dial === wire ? '' : dial.lines()) + (wire === undefined ? '' : wire.lines());
  if (ended && r.written < 3) {
    s += bounded(`{"k":"end","id":${r.id}${endText(r, r.written === 1)}`);
    r.written = 3;
  } else if (r.written === 1 && r.responseBeginAt === 0) {
    const sent = sentText(r);
    if (sent !== '') s += `{"k":"mark","id":${r.id}${sent}}\n`;
  }
  if (r.written === 1 && r.responseBeginAt !== 0) {
    r.written = 2;
    r.lineAt = now();
    s += headLine(r);
  }
  if (headers.on) s += headerLines(r) ?? '';
  return ended && bodies.on ? s + (bodyLines(r) ?? '') : s;
}

/** What is known between creation and response, once there is something to say: so that "waiting" is live. */
function sentText(r: RequestRecord): string {
  const { wire } = r;
  if (r.sendBeginAt === 0 || (wire !== undefined && wire.readyAt === 0)) return '';
  const sent = r.sendEndAt !== 0 ? 2 : 1;
  if (sent <= r.sentWritten) return '';
  const text = exchangeText(r, r.sentWritten);
  r.sentWritten = sent;
  return text;
}
