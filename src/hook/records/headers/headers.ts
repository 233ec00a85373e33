/**
 * Headers, by the level in force: names, lengths or values. Secret headers never give more than a length. Lines are cut
 * into parts, as a line has 4 KiB.
 */

import { isSecretHeader } from '../../../model/secrets/mask';
import { addedNames, cutText, maskedHeader } from '../../output/json';
import { beginWork, checkWork, endWork } from '../../runtime/budget';
import { byteLength, stringify } from '../../runtime/builtins';
import { guarded, parts } from '../../runtime/guard';
import type { Settings } from '../../runtime/settings';
import type { RequestRecord } from '../request';

export const headers = { on: false };
let level: Settings['headers'] = 'off';
/** Names that the user wants left out. */
let excluded: readonly string[] = [];

export function setUpHeaders(wanted: Settings['headers'], names: readonly string[]): void {
  level = wanted;
  excluded = names.map((name) => name.toLowerCase());
  headers.on = wanted !== 'off';
}

/** `hdr` lines that have become due. */
export const headerLines = guarded(parts.headers, 'headers.lines', (r: RequestRecord): string => {
  const begin = beginWork();
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
  endWork(parts.headers, begin);
  return s;
});

function sideLines(r: RequestRecord, side: 'request' | 'response' | 'trailers'): string {
  const list = r.headerList(side);
  if (list === undefined || (side === 'trailers' && list.length === 0)) return '';
  const own = r.secretHeaders;
  const parts: string[] = [];
  let part = '';
  for (let i = 0; i + 1 < list.length; i += 2) {
    checkWork();
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

const maxShown = 1024;

function shown(
  name: string,
  value: string,
  own: readonly string[] | undefined,
): { name: string; length?: number; value?: string } {
  const lower = name.toLowerCase();
  const short = cutText(name, 256);
  if (level === 'names') return { name: short };
  const isSecret = excluded.includes(lower) || own?.includes(lower) || isSecretHeader(lower, addedNames());
  if (level === 'lengths' || isSecret) return { name: short, length: value.length };
  const text = maskedHeader(lower, value, maxShown);
  const isWhole = byteLength(value) <= maxShown;
  return isWhole ? { name: short, value: text } : { name: short, value: text, length: value.length };
}
