/** Informational replies (100, 102, 103) before the final one. */

import { push, type Writable } from '../output/queue';
import { now, us } from '../runtime/clock';
import type { RequestRecord } from './request';

const max = 16;

export function informed(r: RequestRecord, status: number): void {
  r.informational ??= [];
  if (r.informational.length >= max * 2) return;
  r.informational.push(now(), status);
  push(new News(r));
}

/** `"informational":[…]` */
export function informationalText(list: readonly number[]): string {
  let s = '';
  for (let i = 0; i < list.length; i += 2)
    s += `${s === '' ? '' : ','}{"at":${us(list[i] as number)},"status":${list[i + 1]}}`;
  return `"informational":[${s}]`;
}

/** A separate line, written while the request waits for its final response. */
class News implements Writable {
  constructor(private readonly r: RequestRecord) {}
  lines(): string {
    const { r } = this;
    if (r.written !== 1 || r.informational === undefined) return '';
    return `{"k":"mark","id":${r.id},"response":{${informationalText(r.informational)}}}\n`;
  }
}
