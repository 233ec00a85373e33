/** Bodies of a HAR file as body records. Secrets in them are masked as in those that the hook records. */

import type { BodyContent } from '../../model/records';
import { maskBody } from '../../model/secrets/bodyMask';
import { present } from '../shared/imported';
import type { HarEntryInput } from './input';

type ContentInput = NonNullable<NonNullable<HarEntryInput['response']>['content']>;
type PostInput = NonNullable<HarEntryInput['request']['postData']>;

/** Longer texts are left out: a panel that shows such a body would freeze. */
const maxCharacters = 4_000_000;

interface Coding {
  type: string | undefined;
  /** Content coding that the writer of the file has undone. */
  contentEncoding?: string | undefined;
  /** Bytes on the wire, where the file has them. */
  bytes: number | undefined;
}

/** Undefined: the file has no body. An empty text is one only where the size says so. */
export function responseBody(content: ContentInput | null | undefined, coding: Coding): BodyContent | undefined {
  const { text, encoding, size } = content ?? {};
  if (typeof text !== 'string' || (text === '' && size !== 0)) return undefined;
  const code = (encoding ?? '').toLowerCase();
  if (code !== '' && code !== 'base64') return undefined;
  return bodyOf(text, code === 'base64', coding, content?._truncated === true);
}

/** Form fields are used as the text if a writer gives only these. */
export function requestBody(post: PostInput | null | undefined, coding: Coding): BodyContent | undefined {
  if (!post) return undefined;
  const cut = post._truncated === true;
  if (typeof post._base64 === 'string') return bodyOf(post._base64, true, coding, cut);
  if (post.text) return bodyOf(post.text, false, coding, cut);
  const isForm = /^application\/x-www-form-urlencoded/i.test(post.mimeType ?? '');
  if (!isForm || !post.params?.length) return undefined;
  const pairs = post.params.map(({ name, value }) => [name, value ?? ''].map(encodeURIComponent).join('='));
  return bodyOf(pairs.join('&'), false, coding, cut);
}

const textual = /^(text\/|application\/([\w.-]+\+)?(json|xml|x-www-form-urlencoded|x-ndjson|graphql|javascript)\b)/;

/** Some writers give text in base64 too: there its secrets would not be seen. */
function decoded(base64: string, type: string | undefined): string | undefined {
  if (type === undefined || !textual.test(type)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'));
  } catch {
    return undefined;
  }
}

function bodyOf(given: string, base64: boolean, { type, contentEncoding, bytes }: Coding, cut: boolean): BodyContent {
  const contentType = type?.toLowerCase();
  const inside = base64 ? decoded(given, contentType) : undefined;
  const text = inside ?? given;
  const isBase64 = base64 && inside === undefined;
  const isLong = text.length > maxCharacters;
  const inText = isBase64 ? Math.floor((text.replace(/={1,2}$/, '').length * 3) / 4) : Buffer.byteLength(text);
  const shown = isBase64 ? text : maskBody(text, contentType ?? '', { isCut: cut });
  return present({
    text: isLong ? undefined : shown,
    encoding: isBase64 && !isLong ? 'base64' : undefined,
    bytes: bytes ?? inText,
    truncated: cut || undefined,
    contentType: contentType || undefined,
    contentEncoding: contentEncoding || undefined,
    omitted: isLong ? 'limit' : undefined,
  });
}
