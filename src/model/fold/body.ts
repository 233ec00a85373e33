/** The lines `body`: what was recorded of the bodies of a request. */

import { recordIdOf } from '../base/ids';
import type { LineOf } from '../lines/lines';
import type { BodyContent, Request } from '../records';
import type { Store } from '../store/store';
import type { Isolate } from './types';

/** Characters of all recorded bodies of a trace; beyond it the oldest are left out. */
const max = 64 * 1024 * 1024;
const kept = new WeakMap<Store, number>();

export function foldBody(store: Store, isolate: Isolate, line: LineOf<'body'>): void {
  const r = store.requests.get(recordIdOf(isolate.thread, line.id));
  if (!r || (line.side !== 'request' && line.side !== 'response')) return;
  const before = contentOf(r, line.side);
  let next: BodyContent;
  if (line.part === 1 && line.about) {
    const { omitted } = line.about;
    next = { ...line.about, ...(omitted === undefined ? { text: line.text } : {}) };
  } else if (before?.text !== undefined) next = { ...before, text: before.text + line.text };
  else return;
  store.setRequest(withContent(r, line.side, next));
  const size = (kept.get(store) ?? 0) + line.text.length;
  kept.set(store, size > max ? bound(store) : size);
}

const contentOf = (r: Request, side: string): BodyContent | undefined =>
  side === 'request' ? r.body?.content : r.response?.content;

function withContent(r: Request, side: string, content: BodyContent): Request {
  return side === 'request' ? { ...r, body: { ...r.body, content } } : { ...r, response: { ...r.response, content } };
}

/** Takes the oldest texts out until three quarters of the bound are left; gives what is left. */
function bound(store: Store): number {
  const sizeOf = (r: Request) => (r.body?.content?.text?.length ?? 0) + (r.response?.content?.text?.length ?? 0);
  let size = 0;
  for (const r of store.requests.values()) size += sizeOf(r);
  for (const r of store.requests.values()) {
    if (size <= max * 0.75) break;
    const own = sizeOf(r);
    if (own === 0) continue;
    let next = r;
    for (const side of ['request', 'response']) {
      const content = contentOf(next, side);
      if (content?.text === undefined) continue;
      const { text: _, encoding: __, ...rest } = content;
      next = withContent(next, side, { ...rest, omitted: 'limit' });
    }
    store.setRequest(next);
    size -= own;
  }
  return size;
}
