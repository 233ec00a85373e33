/**
 * What a compressed body decodes to. Decoding is the client's: a stream of zlib that the response is piped into, at once
 * by fetch, directly or through others by most libraries over `http`. It is watched from the first such response on; a
 * coding over another, and `deflate` in fetch (a stream of undici's own since 6), are not reported. An error of zlib is
 * the program's own: the response came whole, and its call failed all the same.
 */

import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { errorInfo } from '../output/errors';
import { push } from '../output/queue';
import type { RequestRecord } from '../records/request';
import { nodeModule, stringify } from '../runtime/builtins';
import { guarded, parts } from '../runtime/guard';
import { past } from '../runtime/ids';
import { link, linked } from '../runtime/links';
import { watchEmit } from '../runtime/wrap';
import { calledBy } from '../sites/callers';

const part = parts.decoding;
let base: object | undefined;

class Decoding {
  bytes = 0;
  done = false;
  constructor(
    readonly r: RequestRecord,
    /** What comes out is what the caller takes: nothing else reads it. */
    readonly isRead: boolean,
  ) {}

  end(whole: boolean): void {
    if (this.done || this.r.id <= past.id) return;
    this.done = true;
    const decoded = whole ? `,"bodyBytes":${this.bytes}` : '';
    const read = this.isRead ? `,"readBytes":${this.bytes}` : '';
    if (decoded + read !== '' && this.r.hold === undefined) push(`{"k":"more","id":${this.r.id}${decoded}${read}}\n`);
  }

  /** `decoder`: the class of the stream. What destroys it for another reason (a cut connection) is no error of zlib. */
  fail(decoder: string, error: unknown): void {
    const { code, message } = errorInfo(error);
    if (code === undefined || !ofZlib.test(code) || this.r.id <= past.id || this.r.hold !== undefined) return;
    push(`{"k":"more","id":${this.r.id},"decodeError":${stringify({ code, message, decoder })}}\n`);
  }
}

/** Codes of zlib, of Brotli (`ERR__ERROR_FORMAT_PADDING_1`) and of Zstandard. */
const ofZlib = /^(Z_|ERR__|ZSTD_)[A-Za-z0-9_]{1,60}$/;

/** The request whose head fetch is handling: set at each head, asked only when a stream of zlib is piped into. */
export const heads: {
  last: (RequestRecord & { responseHeader(name: string): string | undefined; decoding: unknown }) | undefined;
  watched: boolean;
} = { last: undefined, watched: false };

/** At the first response of fetch, and the first compressed one of http. */
export const watchDecoders = guarded(part, 'decoding.watch', (): void => {
  if (heads.watched) return;
  heads.watched = true;
  const zlib = nodeModule('node:zlib') as typeof import('node:zlib');
  const { Transform } = nodeModule('node:stream') as typeof import('node:stream');
  let prototype = zlib.Gunzip.prototype as object;
  for (let above = prototype; above !== Transform.prototype && above !== null; ) {
    prototype = above;
    above = Object.getPrototypeOf(above) as object;
  }
  base = prototype;
  watchEmit(prototype, watch as (emitter: never) => boolean | undefined, onEvent as never);
});

const watch = guarded(part, 'decoding.watching', (stream: Readable): boolean => {
  const d = linked<Decoding>(stream);
  return d === undefined ? heads.last !== undefined : !d.done;
});

const onEvent = guarded(part, 'decoding.event', (stream: Readable, a: ArrayLike<unknown>) => {
  const d = linked<Decoding>(stream);
  if (d === undefined) {
    if (a[0] === 'pipe') byFetch(stream);
  } else if (a[0] === 'data' && a[1] instanceof Uint8Array) d.bytes += a[1].byteLength;
  else if (a[0] === 'error') d.fail(nameOf(stream), a[1]);
  else if (a[0] === 'end') d.end(true);
  else if (a[0] === 'close') d.end(false);
});

const decoders = /^(Gunzip|Unzip|Inflate|InflateRaw|BrotliDecompress|ZstdDecompress)$/;
const nameOf = (stream: Readable): string => String(stream.constructor?.name).slice(0, 32);

function byFetch(stream: Readable): void {
  const r = heads.last;
  if (r === undefined || !(calledBy('onHeaders') || calledBy('onResponseStart'))) return;
  heads.last = undefined;
  if (!isSingle(r.responseHeader('content-encoding'))) return;
  const decoding = new Decoding(r, true);
  r.decoding = decoding;
  link(stream, decoding);
}

const isSingle = (coding: string | undefined): boolean => coding !== undefined && !coding.includes(',');

/** Libraries delete it from `headers` once they decode. */
function codingOf(raw: readonly string[]): string | undefined {
  for (let i = 0; i + 1 < raw.length; i += 2) if (raw[i]?.toLowerCase() === 'content-encoding') return raw[i + 1];
  return undefined;
}

type Piped = Readable & { _readableState?: { pipes?: Piped[] } };

/** Called at the first chunk of a response of `http`: the streams that it is piped through are connected by then. */
export const findDecoder = guarded(part, 'decoding.find', (r: RequestRecord, response: IncomingMessage): void => {
  if (!isSingle(codingOf(response.rawHeaders))) return;
  let one = (response as unknown as Piped)._readableState?.pipes;
  for (let depth = 0; depth < 5 && one?.length === 1; depth++) {
    const stream = one[0] as Piped;
    if (decoders.test(nameOf(stream))) {
      watchDecoders();
      if (base !== undefined && Object.prototype.isPrototypeOf.call(base, stream)) link(stream, new Decoding(r, false));
      return;
    }
    one = stream._readableState?.pipes;
  }
});
