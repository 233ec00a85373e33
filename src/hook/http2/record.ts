/** A request of `http2`: one stream that the program opened on a session. */

import type { ClientHttp2Stream } from 'node:http2';
import { takeHeader } from '../records/headers/rawHeaders';
import { linesOf } from '../records/recordLines';
import { RequestRecord } from '../records/request';
import type { ResponseFacts } from '../records/requestData';
import { uploadText } from '../records/upload';
import { codeName, resetText } from './codes';
import type { Session } from './session';

/** What is the same on Node 18 to 26, and two fields of its states. */
export interface Stream extends ClientHttp2Stream {
  _writableState?: { needDrain?: boolean };
}

export type HeaderObject = Record<string, string | string[] | undefined>;

/** How a stream ended by an error code. */
export interface Reset {
  code: number;
  by: 'local' | 'peer' | 'goaway';
}

export class Http2Record extends RequestRecord {
  readonly countsBody = true;
  readonly seesReading = true;
  /** Head and trailers of the answer, names and values in turn. */
  answer: string[] | undefined = undefined;
  trailers: string[] | undefined = undefined;
  status = 0;
  /** The head was all there is. */
  noBody = false;
  /** Bytes of the body that the program gave. */
  given = 0;
  /** What the program said when it gave the stream up. */
  leftWith: unknown = undefined;
  /** Closed by both ends; what has come may still be read. */
  closedAt = 0;
  reset: Reset | undefined = undefined;

  constructor(
    createdAt: number,
    readonly stream: Stream,
    readonly session: Session,
    private readonly sent: HeaderObject,
  ) {
    super(createdAt, 'http2', one(sent[':method']) || 'GET', one(sent[':path']) || one(sent[':authority']));
  }

  url(): string {
    const authority = one(this.sent[':authority']) || one(this.sent.host);
    const scheme = one(this.sent[':scheme']) || this.session.scheme;
    return `${scheme}://${authority}${one(this.sent[':path'])}`;
  }

  lines(): string {
    return linesOf(this);
  }

  clientText(): string {
    return '';
  }

  readResponse(): ResponseFacts | undefined {
    const { answer } = this;
    if (answer === undefined) return undefined;
    const facts: ResponseFacts = {
      status: this.status,
      statusText: '',
      // Said with the stream.
      protocol: '',
      contentType: '',
      contentEncoding: '',
      declaredBytes: -1,
      chunked: false,
      keepAlive: '',
      closes: false,
      dumped: false,
    };
    for (let i = 0; i + 1 < answer.length; i += 2) takeHeader(facts, answer[i] as string, answer[i + 1] as string);
    facts.keepAlive = '';
    return facts;
  }

  bodyText(): string {
    if (this.given === 0) return '';
    const declared = one(this.sent['content-length']);
    let s = `{"bytes":${this.given}`;
    if (/^\d+$/.test(declared)) s += `,"declaredBytes":${declared}`;
    if (this.sendEndAt !== 0) s += `,"wireBytes":${this.given}`;
    return `${s}${uploadText(this)}}`;
  }

  headerList(side: 'request' | 'response' | 'trailers'): string[] | undefined {
    return side === 'request' ? pairs(this.sent) : side === 'response' ? this.answer : this.trailers;
  }

  /** Names that the program wants never to be indexed: as secret as those that are so by themselves. */
  override get secretHeaders(): readonly string[] | undefined {
    for (const key of Object.getOwnPropertySymbols(this.sent)) {
      if (key.description !== 'sensitiveHeaders' && key.description !== 'nodejs.http2.sensitiveHeaders') continue;
      const names = (this.sent as Record<symbol, unknown>)[key];
      if (Array.isArray(names)) return names.map((n) => String(n).toLowerCase());
    }
    return undefined;
  }

  override programObjects(): object {
    return { stream: this.stream };
  }

  override endText(): string {
    return this.reset === undefined ? '' : resetText(codeName(this.reset.code), this.reset.by);
  }

  /** A connection is shared: its counters are not those of one stream. */
  socketCounters(): undefined {
    return undefined;
  }
}

const one = (v: string | string[] | undefined): string =>
  v === undefined || v === null ? '' : Array.isArray(v) ? String(v[0] ?? '') : String(v);

/** Without the pseudo headers: method and URL have their own fields. */
export function pairs(headers: HeaderObject): string[] {
  const list: string[] = [];
  for (const name of Object.keys(headers)) {
    if (name.startsWith(':')) continue;
    const value = headers[name];
    for (const v of Array.isArray(value) ? value : [value]) if (v !== undefined) list.push(name, String(v));
  }
  return list;
}
