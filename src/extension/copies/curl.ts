/** A request as a command of curl, for bash and for cmd.exe. */
import { cmdWord, posixWord, withoutControls } from '../../model/base/quoting';
import { type Recorded, type Sent, sentOf } from './sent';

type Called = Parameters<typeof sentOf>[0];

/** Linux takes 128 KiB as one argument, of which an escaped byte has four. */
const maxWordBytes = 30_000;
/** cmd.exe takes 8,191 characters as one command. */
const maxCmdBody = 6000;

/** The words of a curl command: method, URL, headers. */
function curlWords(sent: Sent, url: string, quote: (text: string) => string, header = quote): string[] {
  const { method } = sent;
  const headers = sent.headers.map(({ name, value }) => (value.trim() === '' ? `${name};` : `${name}: ${value}`));
  // Else curl says that it is a form.
  if (sent.body && sent.contentType === undefined) headers.push('Content-Type:');
  return [
    ...(/[[\]{}]/.test(url) ? ['--globoff'] : []),
    ...(/\/(\.|%2e){1,2}([/?]|$)/i.test(url) ? ['--path-as-is'] : []),
    // `-X HEAD` waits for a body.
    ...(method === 'HEAD' ? ['--head'] : method === 'GET' || method === '' ? [] : [`-X ${quote(method)}`]),
    quote(url),
    ...headers.map((h) => `-H ${header(h)}`),
  ];
}

/** For bash and zsh. */
export function asCurl(row: Called, recorded?: Recorded): string {
  const { body, notes, ...sent } = bodiless(sentOf(row, recorded));
  const words = curlWords({ ...sent, notes, ...(body ? { body } : {}) }, sent.url, posixWord, (h) =>
    posixBytes(headerBytes(h)),
  );
  const comments = notes.map((note) => `# ${note}\n`).join('');
  if (!body) return `${comments}curl ${words.join(' \\\n  ')}`;
  if (body.length <= maxWordBytes && !body.includes(0))
    return `${comments}curl ${[...words, `--data-raw ${posixBytes(body)}`].join(' \\\n  ')}`;
  const lines = body.toString('base64').replace(/.{76}(?=.)/g, '$&\n');
  return `${comments}base64 -d <<'BODY' | curl ${[...words, '--data-binary @-'].join(' ')}\n${lines}\nBODY`;
}

export function asCurlCmd(row: Called, recorded?: Recorded): string {
  const sent = bodiless(sentOf(row, recorded));
  const { notes } = sent;
  const text = sent.body?.toString('latin1');
  const fits = text !== undefined && text.length <= maxCmdBody && /^[\x20-\x7e]*$/.test(text);
  if (text !== undefined && !fits) {
    delete sent.body;
    notes.push('The body is left out: it has characters that a command of cmd.exe cannot have, or is too long.');
  }
  if (sent.headers.some((h) => /[^\0-\x7f]/.test(h.value)))
    notes.push('Header characters beyond ASCII are left out: a command of cmd.exe cannot have them.');
  // What is not ASCII is sent so by curl too.
  const url = sent.url.replace(/[^\0-\x7f]+/gu, (part) => encodeURIComponent(part));
  const words = curlWords(sent, url, cmdWord);
  if (fits) words.push(`--data-raw ${cmdWord(text)}`);
  return [...notes.map((note) => `rem ${note}`), `curl ${words.join(' ')}`].join('\n');
}

/** curl takes a body or `--head`. */
function bodiless(sent: Sent): Sent {
  if (sent.method !== 'HEAD' || !sent.body) return sent;
  const { body: _, ...rest } = sent;
  return { ...rest, notes: [...sent.notes, 'The body is left out: curl sends none with HEAD.'] };
}

/** Node sends and reads headers as Latin-1, so that is what their characters stand for. */
const headerBytes = (text: string): Buffer => Buffer.from(text, /^[\0-\xff]*$/.test(text) ? 'latin1' : 'utf8');

/** Bytes without a NUL as one word of bash or zsh. */
function posixBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes) && withoutControls(text) === text) return posixWord(text);
  // `!` would be history even here.
  const escaped = bytes.toString('latin1').replace(/[^\x20-\x7e]|['\\!]/g, (c) => {
    if (c === '\n') return '\\n';
    return `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `$'${escaped}'`;
}
