/** A recorded request as a document that can be edited and sent; what is missing or masked is said in its comments. */
import { withoutControls } from '../../model/base/quoting';
import { type Recorded, type Sent, sentOf } from '../copies/sent';

export function documentOf(
  row: { method: string; url: string },
  recorded: Recorded | undefined,
  title: string,
  more: readonly string[] = [],
): string {
  const sent = sentOf(row, recorded);
  const { words, text } = bodyText(sent.body);
  return [
    `### ${withoutControls(title).slice(0, 200)}`,
    ...[...sent.notes, ...more].map((note) => `# ${note}`),
    ...(words.length > 0 ? [`# @body ${words.join(' ')}`] : []),
    `${sent.method || 'GET'} ${sent.url.replaceAll(' ', '%20')}`,
    ...sent.headers.map(({ name, value }) => `${name}: ${value}`),
    ...(text === undefined ? [] : ['', text]),
    '',
  ].join('\n');
}

/** The body as the parser reads it back to the same bytes. */
function bodyText(body: Sent['body']): { words: string[]; text?: string } {
  if (!body) return { words: [] };
  const text = body.toString('utf8');
  const plain = text.replaceAll('\r\n', '\n');
  const isCrLf = plain !== text;
  const isReadable =
    Buffer.from(text, 'utf8').equals(body) &&
    // Line ends are of one kind, and no line would be taken for the end of the request.
    (isCrLf ? plain.replaceAll('\n', '\r\n') === text : true) &&
    !plain.includes('\r') &&
    !/^###/m.test(plain) &&
    !/^\s*<@?\s+\S+\s*$/.test(plain) &&
    withoutControls(plain.replace(/[\n\t]/g, '')) === plain.replace(/[\n\t]/g, '');
  if (!isReadable) {
    return { words: ['base64'], text: body.toString('base64').replace(/.{100}/g, '$&\n') };
  }
  const words = [...(isCrLf ? ['crlf'] : []), ...(/\n$/.test(plain) ? ['exact'] : [])];
  return { words, text: plain };
}

/** What a new document begins with. */
export const example = `### The next line says what is sent; headers stand below it, the body after an empty line.
GET https://example.com/
Accept: */*
`;
