/** What is made of the text of a field, by the name of its treatment. `undefined`: the field is left out. */
import { Hosts } from './hosts';
import { Places } from './places';
import { Tokens } from './tokens';
import * as known from './vocabulary';

/** `drop` is for optional fields alone. */
export type Treatment = keyof ReturnType<typeof treatmentsOf> & string;
/** `parent`: the object with the field, as it was. */
export type Treat = (text: string, parent: Readonly<Record<string, unknown>>) => string | undefined;

export const treatmentsOf = () => makeTreatments(new Tokens());

function makeTreatments(tokens: Tokens) {
  const hosts = new Hosts(tokens);
  const places = new Places(tokens, hosts);
  const hashed = (text: string): string => (text === '' ? '' : tokens.of('text', text));
  /** Kept if it is known, else hashed. */
  const oneOf =
    (isKnown: (text: string) => boolean): Treat =>
    (text) =>
      isKnown(text) ? text : hashed(text);
  const listed = (words: ReadonlySet<string>): Treat => oneOf((text) => words.has(text));
  const like = (pattern: RegExp): Treat => oneOf((text) => pattern.test(text));

  const headerName = (name: string): string =>
    known.headerNames.has(name.toLowerCase()) ? name : `x-${tokens.of('header', name.toLowerCase())}`;

  const certificateName = (name: string): string => {
    const m = /^(DNS|IP Address):(.*)$/.exec(name);
    if (!m) return hashed(name);
    return m[1] === 'DNS' ? `DNS:${hosts.host(m[2] as string)}` : `IP Address:${hosts.address(m[2] as string)}`;
  };

  return {
    drop: () => undefined,
    hash: hashed,
    ownWord: listed(known.ownWords),
    id: (text: string) => (isId.test(text) ? text : tokens.of('id', text)),
    time: like(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/),
    decimal: (text: string) => (/^-?\d{1,20}$/.test(text) ? text : '0'),
    hexadecimal: (text: string) => (text === '' ? '' : tokens.of('serial', text, 'hex', 16).toUpperCase()),
    fingerprint: (text: string) => tokens.unique('fingerprint', text, fingerprintOf),
    version: like(/^v?\d{1,6}(?:\.\d{1,6}){0,3}$/),
    kernelVersion: (text: string) => /^\d{1,4}(?:\.\d{1,4}){0,2}/.exec(text)?.[0] ?? hashed(text),
    runtimeWord: listed(known.runtimeWords),
    kernelWord: listed(known.kernelWords),
    kernelReason: like(
      /^(?:SKB_DROP_REASON_|TCP_|SOCKET_|NO_SOCKET|PKT_|NOT_SPECIFIED|NETFILTER_|IP_|UDP_|QDISC_|DEV_|PROTO_)[A-Z0-9_]{0,48}$/,
    ),
    kernelPlace: like(/^[a-z_][a-z0-9_.]{1,60}\+0x[0-9a-f]{1,8}$/),
    protocolWord: listed(known.protocolWords),
    cipher: oneOf(known.isCipher),
    code: oneOf(known.isCode),
    http2Code: like(/^NGHTTP2_[A-Z0-9_]{1,40}$/),
    errorName: listed(known.errorNames),
    message: messageOf,
    /** `TimeoutError: …`: the first word is looked at. */
    reason: (text: string) => {
      const word = /^\w+/.exec(text)?.[0] ?? '';
      return known.errorNames.has(word) ? word : hashed(text);
    },
    syscall: (text: string) => (known.syscalls.test(text) ? text : undefined),
    signal: listed(known.signals),
    method: listed(known.methods),
    statusText: (text: string) => (known.statusTexts.has(text) ? text : undefined),
    headerName,
    headerValue: (text: string, { name }: Readonly<Record<string, unknown>>) => headerValueOf(String(name), text),
    mediaType: (text: string) => mediaTypeOf(text, hashed),
    codings: (text: string) =>
      text
        .split(',')
        .map((c) => c.trim())
        .map((c) => (known.codings.has(c.toLowerCase()) ? c : hashed(c)))
        .join(', '),
    host: (text: string) => hosts.host(text),
    address: (text: string) => hosts.address(text),
    server: (text: string) => (/^\[.*\]:|^[^:]*:\d+$/.test(text) ? hosts.authority(text) : hosts.address(text)),
    noProxy: (text: string) => noProxyOf(text, hosts),
    interface: (text: string) => (text === 'lo' ? text : `if-${tokens.of('interface', text, 'hex', 6)}`),
    url: (text: string) => places.url(text),
    parameter: (text: string) => places.parameter(text),
    file: (text: string) => places.file(text),
    function: (text: string, { file }: Readonly<Record<string, unknown>>) => places.function(text, file),
    package: (text: string) => places.package(text),
    certificateName,
    subject: (text: string) => (text === '' ? '' : `CN=${tokens.of('subject', text)}`),
    dnsWord: oneOf((text) => known.dnsWords.has(text) || known.dnsNumbers.test(text)),
    dnsValue: (text: string, { type }: Readonly<Record<string, unknown>>) =>
      type === 'A' || type === 'AAAA'
        ? hosts.address(text)
        : type === 'CNAME' || type === 'NS' || type === 'PTR'
          ? hosts.host(text)
          : undefined,
    lookupCall: like(known.lookupCalls),
    counter: like(known.counters),
    number: like(/^\d{1,12}$|^(?:off|all|user)$/),
    tcpFlags: like(/^[SFRPUWE.]{1,9}$|^none$/),
    packetNote: (text: string) => {
      const words = text.split(/[\s,]+/).filter((word) => known.packetNotes.has(word));
      return words.length > 0 ? words.join(', ') : undefined;
    },
  } as const satisfies Record<string, Treat>;
}

/** A number with its places, a letter or two before a number, or a UUID: nothing that anybody chose. */
const isId =
  /^(?:\d{1,12}(?:[.-]\d{1,12}){0,4}|[a-z]{1,2}-?\d{1,12}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

const fingerprintOf = (hash: Buffer): string =>
  [...hash].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');

/** Of a message the phrases that are the same for everybody. */
function messageOf(text: string): string | undefined {
  const said = known.phrases.filter((phrase) => text.includes(phrase));
  return said.length > 0 ? said.join('; ') : undefined;
}

/** Of three headers, the words of their own that say how the connection is used; of all others nothing. */
function headerValueOf(name: string, value: string): string | undefined {
  const words = value.split(',').map((word) => word.trim());
  switch (name.toLowerCase()) {
    case 'connection':
      return joined(words.filter((w) => known.connectionWords.has(w.toLowerCase())));
    case 'accept-encoding':
      return joined(words.map((w) => w.replace(/;.*$/, '')).filter((w) => known.codings.has(w.toLowerCase())));
    case 'alt-svc':
      return /\bh2=/.test(value) ? 'h2=":443"' : undefined;
    default:
      return undefined;
  }
}

const joined = (words: readonly string[]): string | undefined => (words.length === 0 ? undefined : words.join(', '));

function mediaTypeOf(text: string, hashed: (text: string) => string): string {
  const type = (/^[^;,\s]*/.exec(text)?.[0] ?? '').toLowerCase();
  if (known.mediaTypes.has(type)) return type;
  const m = /^([a-z]+)\/([^/]+?)(\+(?:json|xml))?$/.exec(type);
  if (!m || !known.mediaKinds.has(m[1] as string)) return hashed(text);
  return `${m[1]}/${hashed(m[2] as string)}${m[3] ?? ''}`;
}

/** `*`, hosts, ends of hosts, networks, with ports. */
function noProxyOf(text: string, hosts: Hosts): string {
  return text
    .split(/[\s,]+/)
    .map((entry) => {
      if (entry === '' || entry === '*') return entry;
      const m = /^(\*?\.)?(.*?)(\/\d{1,3})?$/s.exec(entry);
      return `${m?.[1] ?? ''}${hosts.authority(m?.[2] ?? entry)}${m?.[3] ?? ''}`;
    })
    .join(',');
}
