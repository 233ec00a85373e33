/** A request of fetch or undici: what undici's request object and channel messages say. */

import type { Readable } from 'node:stream';
import { resetText } from '../http2/codes';
import { headerBlock, takeHeader } from '../records/headers/rawHeaders';
import { linesOf } from '../records/recordLines';
import { type Counters, type Outcome, RequestRecord } from '../records/request';
import type { ResponseFacts } from '../records/requestData';
import { uploadText } from '../records/upload';
import { ownSignal } from '../request/timers';
import { nodeMajor } from '../runtime/builtins';
import type { AnySocket } from '../runtime/nodeTypes';
import type { Entered } from '../sites/callSite';
import type { Copy } from './copies';

export interface UndiciRequest {
  origin: string | URL | null | undefined;
  path: string;
  method: string;
  upgrade?: unknown;
  body?: unknown;
  contentLength?: number | null;
  headers?: unknown;
  /** It ends its connection. */
  reset?: boolean | null;
}

export interface UndiciResponse {
  statusCode: number;
  statusText?: string;
  /** Buffers or texts in turn, or (HTTP/2) an object. */
  headers: unknown;
}

export class UndiciRecord extends RequestRecord {
  readonly seesReading = false;
  readonly countsBody: boolean;
  response: UndiciResponse | undefined = undefined;
  socket: AnySocket | undefined = undefined;
  trailers: unknown = undefined;
  /** What its body decodes to. */
  declare decoding: { readonly bytes: number } | undefined;
  /** Bytes of the body that undici reported. */
  declare given: number;
  /** Header block as it was sent, without what undici adds with the body. */
  head: unknown = undefined;
  /** What the program called fetch, or a dispatcher, with. */
  args: unknown[] | undefined = undefined;
  /** Of a fetch: the call, while its promise may be rejected for what the response is. */
  declare call: Entered | undefined;
  /** Of a copy's own fetch: the signal of its Request. */
  declare signal: AbortSignal | undefined;
  /** The pool it was given to, as far as that is seen. */
  pool: unknown = undefined;
  /** For a CONNECT: the request that waits for the tunnel. */
  declare inner: UndiciRecord | undefined;
  /** The proxy comes from the environment. */
  declare byEnvironment: boolean;
  private readonly origin: string;

  constructor(
    createdAt: number,
    /** The options of the call while a pool keeps it. */
    public request: UndiciRequest,
    private readonly copy: Copy,
  ) {
    super(createdAt, copy.apiOf(request), request.method, request.path);
    this.countsBody = copy.countsBody;
    const { origin } = request;
    this.origin = typeof origin === 'string' ? origin : origin instanceof URL ? origin.origin : String(origin ?? '');
  }

  /** The origin as URL writes it; undici keeps it as the program gave it. */
  originKey(): string {
    try {
      return new URL(this.origin).origin;
    } catch {
      return this.origin;
    }
  }

  url(): string {
    if (this.absolute) return this.path;
    return this.method === 'CONNECT' ? this.origin : this.origin + this.path;
  }

  /** Of the request's own options: the client's defaults are out of reach. */
  override timerLimit(kind: string): number {
    const { headersTimeout, bodyTimeout } = this.request as UndiciRequest & Record<string, unknown>;
    const limit = kind === 'headers' ? headersTimeout : kind === 'body' ? bodyTimeout : 0;
    return typeof limit === 'number' ? limit : 0;
  }

  override proxyBy(): 'dispatcher' | 'env' {
    const connect = this.wire?.route?.connect;
    const env = this.byEnvironment || (connect instanceof UndiciRecord && connect.byEnvironment);
    return env ? 'env' : 'dispatcher';
  }

  override requestHeader(name: string): string | undefined {
    return valueIn(headerTexts(this.head ?? this.request.headers), name);
  }

  override says(header: string): boolean {
    return this.requestHeader(header) !== undefined;
  }

  /** A later hop, or try, has that of the first. */
  override callSignal(): AbortSignal | undefined {
    return this.signal ?? ownSignal(this.args) ?? this.redirectOf?.callSignal() ?? this.retryOf?.signal;
  }

  /** After a response undici uses the connection again in the next turn of the loop. */
  get waits(): boolean {
    return true;
  }

  lines(): string {
    return linesOf(this);
  }

  clientText(): string {
    return this.copy.text();
  }

  override asksToClose(): boolean {
    return this.request.reset === true;
  }

  readResponse(): ResponseFacts | undefined {
    const r = this.response;
    if (r === undefined) return undefined;
    const h2 = this.wire?.isH2 === true;
    const facts: ResponseFacts = {
      status: r.statusCode,
      statusText: h2 ? '' : (r.statusText ?? ''),
      protocol: h2 ? (this.streamId === 0 ? 'h2' : '') : this.wire === undefined ? '' : 'http/1.1',
      contentType: '',
      contentEncoding: '',
      declaredBytes: -1,
      chunked: false,
      keepAlive: '',
      closes: false,
      dumped: false,
    };
    const list = headerTexts(r.headers);
    for (let i = 0; i + 1 < list.length; i += 2) takeHeader(facts, list[i] as string, list[i + 1] as string);
    return facts;
  }

  responseHeader(name: string): string | undefined {
    return valueIn(headerTexts(this.response?.headers), name);
  }

  /** Over HTTP/2 the stream's error code is only in the error's message. */
  override endText(): string {
    const e = this.error as { code?: unknown; message?: unknown } | undefined;
    return e?.code === 'ERR_HTTP2_STREAM_ERROR' ? resetText(/\bNGHTTP2_\w+/.exec(String(e.message))?.[0]) : '';
  }

  bodyText(): string {
    const { contentLength, body } = this.request;
    if (body === null || body === undefined || (this.sendEndAt === 0 && this.endAt === 0)) return '';
    const declared = typeof contentLength === 'number' && contentLength > 0 ? contentLength : -1;
    // undici fails a request whose body is not as long as declared, so a body that was sent has this length.
    if (declared >= 0 && this.sendEndAt !== 0) {
      return `{"declaredBytes":${declared},"bytes":${declared},"wireBytes":${declared}${uploadText(this)}}`;
    }
    const { given } = this;
    if (given === 0) return '';
    const wireBytes = this.wireBytes(declared);
    const length = declared >= 0 ? declared : wireBytes === given ? given : -1;
    return `{"bytes":${given}${length < 0 ? '' : `,"declaredBytes":${length}`}${wireBytes < 0 ? '' : `,"wireBytes":${wireBytes}`}${uploadText(this)}}`;
  }

  /** What the connection sent, less the head: undici adds how the body is coded or how long it is. -1: not known. */
  private wireBytes(declared: number): number {
    const { head, given, bytesSent } = this;
    if (typeof head !== 'string' || bytesSent < 0 || this.wire?.isH2 !== false || this.sendEndAt === 0) return -1;
    const coded = bytesSent - head.length - 'transfer-encoding: chunked\r\n\r\n'.length;
    if (coded > given) return coded;
    const plain = bytesSent - head.length - `content-length: ${declared < 0 ? given : declared}\r\n\r\n`.length;
    return plain === given ? given : -1;
  }

  override programObjects(): object {
    return { request: this.request, response: this.response };
  }

  override outcomeAtExit(): Outcome {
    return this.isUnread() ? 'notRead' : 'processExit';
  }

  private isUnread(): boolean {
    if (this.decoding !== undefined) return this.decoding.bytes === 0;
    const handler = this.copy.handlerOf(this.request);
    const body = (this.api === 'fetch' ? handler?.body : handler?.res) as Partial<Readable> | undefined;
    if (this.api !== 'fetch' || nodeMajor >= 20 || !body) return body?.readableDidRead === false;
    // The fetch of Node 18 takes one piece for itself: nobody wants more while the rest waits.
    const waiting = body.readableLength ?? 0;
    return waiting > 0 && this.bodyBytes - waiting <= this.firstBytes;
  }

  override upgradeProtocol(): string {
    return this.responseHeader('upgrade') ?? '';
  }

  headerList(side: 'request' | 'response' | 'trailers'): string[] | undefined {
    if (side === 'trailers') return headerTexts(this.trailers);
    if (side === 'response') return headerTexts(this.response?.headers);
    return typeof this.head === 'string' ? headerBlock(this.head) : headerTexts(this.head ?? this.request.headers);
  }

  socketCounters(): Counters | undefined {
    return this.wire?.isH2 ? undefined : this.socket;
  }
}

const rare: Pick<UndiciRecord, 'given' | 'inner' | 'byEnvironment' | 'decoding' | 'signal' | 'call'> = {
  given: 0,
  call: undefined,
  signal: undefined,
  inner: undefined,
  byEnvironment: false,
  decoding: undefined,
};
Object.assign(UndiciRecord.prototype, rare);

function valueIn(list: readonly string[], name: string): string | undefined {
  for (let i = 0; i + 1 < list.length; i += 2) if (list[i]?.toLowerCase() === name) return list[i + 1];
  return undefined;
}

const asText = (v: unknown): string =>
  v instanceof Uint8Array ? Buffer.from(v.buffer, v.byteOffset, v.byteLength).toString('latin1') : String(v);

function headerTexts(headers: unknown): string[] {
  const list: string[] = [];
  if (Array.isArray(headers)) {
    for (let i = 0; i + 1 < headers.length; i += 2) addHeader(list, asText(headers[i]), headers[i + 1]);
  } else if (typeof headers === 'string') return headerBlock(`\r\n${headers}`);
  else if (typeof headers === 'object' && headers !== null) {
    for (const [name, value] of Object.entries(headers)) if (!name.startsWith(':')) addHeader(list, name, value);
  }
  return list;
}

function addHeader(list: string[], name: string, value: unknown): void {
  if (Array.isArray(value)) for (const one of value) list.push(name, asText(one));
  else list.push(name, asText(value));
}
