/** Where `nettrace run --otlp` sends spans to, and how: checked before the program starts. */
import { maskUrl } from '../../model/secrets/mask';
import { UsageError } from '../terminal/say';

export interface OtlpOptions {
  otlp?: string;
  otlpProtocol?: 'http/protobuf' | 'http/json';
  /** As given: `name=value`. */
  otlpHeader: readonly string[];
  otlpCompression?: 'gzip' | 'none';
}

export interface Endpoint {
  url: string;
  /** For people: secrets masked. */
  shown: string;
  /** Values are secrets: they are shown nowhere. */
  headers: Record<string, string>;
  protocol: 'http/protobuf' | 'http/json';
  compression: 'gzip' | 'none';
}

/** Undefined: nothing is to be sent. Throws UsageError, without the value of a header. */
export function endpointOf(o: OtlpOptions): Endpoint | undefined {
  if (o.otlp === undefined) {
    const alone = o.otlpHeader.length > 0 ? '--otlp-header' : o.otlpProtocol ? '--otlp-protocol' : undefined;
    const option = alone ?? (o.otlpCompression ? '--otlp-compression' : undefined);
    if (option !== undefined) throw new UsageError(`${option} needs --otlp URL.`);
    return undefined;
  }
  const url = urlOf(o.otlp);
  return {
    url: url.href,
    shown: maskUrl(url.href),
    headers: headersOf(o.otlpHeader),
    protocol: o.otlpProtocol ?? 'http/protobuf',
    compression: o.otlpCompression ?? 'gzip',
  };
}

/** As the specification has it for endpoints of all signals: traces have a path of their own below a bare host. */
function urlOf(text: string): URL {
  const wanted = 'Use the http or https URL of an OTLP receiver, such as http://localhost:4318.';
  if (!URL.canParse(text)) throw new UsageError(`--otlp: this is not a URL. ${wanted}`);
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new UsageError(`--otlp: ${url.protocol.slice(0, 20)} is not supported. ${wanted}`);
  if (url.username !== '' || url.password !== '')
    throw new UsageError('--otlp: a URL with user or password is not allowed. Use --otlp-header authorization=…');
  url.hash = '';
  if (url.pathname === '/') url.pathname = '/v1/traces';
  return url;
}

/** Set by the exporter itself, or by what it stands on. */
const taken = new Set([
  'content-type',
  'content-encoding',
  'content-length',
  'transfer-encoding',
  'host',
  'connection',
  'user-agent',
  'expect',
]);

function headersOf(given: readonly string[]): Record<string, string> {
  const headers = new Map<string, string>();
  for (const text of given) {
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    // All of it may be a secret.
    if (name === undefined || value === undefined || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/.test(name))
      throw new UsageError('--otlp-header: use name=value, with the name of an HTTP header.');
    if (taken.has(name.toLowerCase())) throw new UsageError(`--otlp-header: ${name} cannot be set.`);
    if (!/^[\t\x20-\x7e\x80-\xff]{0,8192}$/.test(value))
      throw new UsageError(`--otlp-header: the value of ${name} cannot be sent in a header.`);
    headers.set(name.toLowerCase(), value);
  }
  return Object.fromEntries(headers);
}
