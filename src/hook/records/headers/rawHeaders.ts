/** Headers as clients hand them over: a block of text, or names and values. */
import type { ResponseFacts } from '../requestData';

/** Names and values of a header block as it was sent. */
export function headerBlock(text: string): string[] {
  const list: string[] = [];
  for (const one of text.split('\r\n').slice(1)) {
    const colon = one.indexOf(':');
    if (colon > 0) list.push(one.slice(0, colon), one.slice(colon + 1).trim());
  }
  return list;
}

/** The few headers that are facts at each level, distinguished by length first. */
export function takeHeader(facts: ResponseFacts, name: string, value: string): void {
  switch (name.length) {
    case 10:
      switch (name.toLowerCase()) {
        case 'keep-alive':
          facts.keepAlive = value;
          break;
        case 'connection':
          facts.closes = /\bclose\b/i.test(value);
      }
      break;
    case 12:
      if (name.toLowerCase() === 'content-type') facts.contentType = value;
      break;
    case 14:
      if (name.toLowerCase() === 'content-length') facts.declaredBytes = /^\d+$/.test(value) ? Number(value) : -1;
      break;
    case 16:
      if (name.toLowerCase() === 'content-encoding')
        facts.contentEncoding = value.toLowerCase() === 'identity' ? '' : value;
      break;
    case 17:
      if (name.toLowerCase() === 'transfer-encoding') facts.chunked = /chunked/i.test(value);
      break;
  }
}
