/**
 * Headers, by the level in force: names, lengths or values. Secret headers never give more than a length. Lines are cut
 * into parts, as a line has 4 KiB.
 */
import { secretHeaders } from '../model/mask';
import { byteLength, stringify } from './builtins';
import type { HeaderLevel } from './environment';
import type { RequestRecord } from './record';
import { cutText, maskedText, maskedUrl } from './text';

export const headers = { on: false };
let level: HeaderLevel = 'off';
const secret = new Set(secretHeaders);

export function setUpHeaders(wanted: HeaderLevel, excluded: readonly string[]): void {
  level = wanted;
  headers.on = wanted !== 'off';
  for (const name of excluded) secret.add(name);
}

/** `hdr` lines that have become due. */
export function headerLines(r: RequestRecord): string {
  let s = '';
  if ((r.headersWritten & 1) === 0 && r.sendBeginAt !== 0) {
    r.headersWritten |= 1;
    s += sideLines(r, 'request');
  }
  if ((r.headersWritten & 2) === 0 && r.responseBeginAt !== 0) {
    r.headersWritten |= 2;
    s += sideLines(r, 'response');
  }
  if ((r.headersWritten & 4) === 0 && r.endAt !== 0) {
    r.headersWritten |= 4;
    s += sideLines(r, 'trailers');
  }
  return s;
}

function sideLines(r: RequestRecord, side: 'request' | 'response' | 'trailers'): string {
  const list = r.headerList(side);
  if (list === undefined || (side === 'trailers' && list.length === 0)) return '';
  const own = r.secretHeaders;
  const parts: string[] = [];
  let part = '';
  for (let i = 0; i + 1 < list.length; i += 2) {
    const one = stringify(shown(list[i] as string, list[i + 1] as string, own));
    if (part !== '' && byteLength(part) + byteLength(one) > 3800) {
      parts.push(part);
      part = '';
    }
    part += (part === '' ? '' : ',') + one;
  }
  if (part !== '' || parts.length === 0) parts.push(part);
  const of = parts.length;
  return parts
    .map((p, i) => `{"k":"hdr","id":${r.id},"side":"${side}","part":${i + 1},"of":${of},"headers":[${p}]}\n`)
    .join('');
}

function shown(
  name: string,
  value: string,
  own: readonly string[] | undefined,
): { name: string; length?: number; value?: string } {
  const lower = name.toLowerCase();
  const short = cutText(name, 256);
  if (level === 'names') return { name: short };
  if (level === 'lengths' || secret.has(lower) || own?.includes(lower)) return { name: short, length: value.length };
  const masked =
    lower === 'location' || lower === 'referer' || lower === 'referrer' ? maskedUrl(value) : maskedText(value);
  const cut = cutText(masked, 1024);
  return cut === masked ? { name: short, value: cut } : { name: short, value: cut, length: value.length };
}
