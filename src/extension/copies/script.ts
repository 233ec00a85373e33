/** A request as a line of PowerShell, and as a call of fetch or of Node's http. */
import { powerShellString } from '../../model/base/quoting';
import { type Recorded, type Sent, sentOf } from './sent';

type Called = Parameters<typeof sentOf>[0];

/** Each name once, as a table of PowerShell and an object of JavaScript want it. */
function headerTable(headers: Sent['headers']): Sent['headers'] {
  const table = new Map<string, { name: string; value: string }>();
  for (const { name, value } of headers) {
    const key = name.toLowerCase();
    const known = table.get(key);
    if (known) known.value += `${key === 'cookie' ? ';' : ','} ${value}`;
    else table.set(key, { name, value });
  }
  return [...table.values()];
}

const withNotes = (mark: string, notes: readonly string[], text: string): string =>
  [...notes.map((note) => `${mark} ${note}`), text].join('\n');

export function asPowerShell(row: Called, recorded?: Recorded): string {
  const q = powerShellString;
  const sent = sentOf(row, recorded);
  const headers = headerTable(sent.headers).map(({ name, value }) => `${q(name)} = ${q(value)}`);
  const table = headers.length > 0 ? ` -Headers @{ ${headers.join('; ')} }` : '';
  const standard = /^(GET|HEAD|POST|PUT|DELETE|TRACE|OPTIONS|MERGE|PATCH)$/i.test(sent.method);
  const method = `${standard ? '-Method' : '-CustomMethod'} ${q(sent.method)}`;
  // Without the first option Windows PowerShell runs the scripts of the page that it gets.
  const command = `Invoke-WebRequest -UseBasicParsing -Uri ${q(sent.url)} ${method}${table}${powerShellBody(sent.body)}`;
  return withNotes('#', sent.notes, command);
}

/** Its versions encode strings beyond ASCII each in its own way. */
function powerShellBody(body: Buffer | undefined): string {
  if (!body) return '';
  const text = body.toString('latin1');
  if (/^[\x20-\x7e]*$/.test(text)) return ` -Body ${powerShellString(text)}`;
  return ` -Body ([Convert]::FromBase64String('${body.toString('base64')}'))`;
}

const isHost = ({ name }: { name: string }): boolean => name.toLowerCase() === 'host';

export function asFetch(row: Called, recorded?: Recorded): string {
  const { body, notes, ...sent } = sentOf(row, recorded);
  const takesBody = !/^(GET|HEAD)$/i.test(sent.method);
  if (body && !takesBody) notes.push(`The body is left out: fetch sends none with ${sent.method.toUpperCase()}.`);
  if (/^(CONNECT|TRACE|TRACK)$/i.test(sent.method)) notes.push('fetch refuses this method.');
  if (sent.headers.some(isHost)) notes.push('Host is left out: fetch sends that of the URL.');
  sent.headers = sent.headers.filter((h) => !isHost(h));
  // A string would have a Content-Type of its own.
  const made = body && takesBody ? bodyCode(body, sent.contentType === undefined) : undefined;
  return withNotes('//', notes, `await fetch(${stringCode(sent.url)}${optionsCode(sent, made)});`);
}

export function asNodeHttp(row: Called, recorded?: Recorded): string {
  const sent = sentOf(row, recorded);
  const url = sent.url.replace(/^ws/i, 'http');
  // With some methods (DELETE, OPTIONS) Node gives a body no length by itself, and the server would not find its end.
  if (sent.body) sent.headers.push({ name: 'Content-Length', value: String(sent.body.length) });
  const client = /^https:/i.test(url) ? 'https' : 'http';
  // Node joins a string to the head and encodes both as UTF-8; headers are Latin-1.
  const isBeyondAscii = sent.headers.some((h) => /[^\0-\x7f]/.test(h.value));
  const lines = [
    `const request = require(${stringCode(`node:${client}`)}).request(${stringCode(url)}${optionsCode(sent)}, (response) => {`,
    '  console.log(response.statusCode, response.headers);',
    '  response.pipe(process.stdout);',
    '});',
    `request.end(${sent.body ? bodyCode(sent.body, isBeyondAscii) : ''});`,
  ];
  return withNotes('//', sent.notes, lines.join('\n'));
}

/** The second argument of `fetch` and of Node's `request`, behind its comma; empty: none is needed. */
function optionsCode({ method, headers }: Pick<Sent, 'method' | 'headers'>, body?: string): string {
  const table = headerTable(headers).map((h) => `    ${keyCode(h.name)}: ${stringCode(h.value)}`);
  const lines = [
    ...(method === 'GET' ? [] : [`  "method": ${stringCode(method)}`]),
    ...(table.length === 0 ? [] : [`  "headers": {\n${table.join(',\n')}\n  }`]),
    ...(body === undefined ? [] : [`  "body": ${body}`]),
  ];
  return lines.length === 0 ? '' : `, {\n${lines.join(',\n')}\n}`;
}

/** As a plain key it would be the object's prototype. */
const keyCode = (name: string): string => (name === '__proto__' ? '["__proto__"]' : stringCode(name));

function bodyCode(body: Buffer, asBytes = false): string {
  const text = body.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(body)) return `Buffer.from(${stringCode(body.toString('base64'))}, "base64")`;
  return asBytes ? `Buffer.from(${stringCode(text)})` : stringCode(text);
}

/** All that no clipboard takes is escaped, so that nothing is lost of a body. */
const stringCode = (text: string): string =>
  JSON.stringify(text).replace(
    /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
