/** Content codings of recorded bodies, undone with a bound on what may come out. */
import { nodeModule } from '../../runtime/builtins';

type Zlib = typeof import('node:zlib');
type Decode = (raw: Uint8Array, options: object) => Buffer;
let codings: Record<string, Decode> = {};

/** While the program has not run yet. */
export function setUpDecoding(): void {
  const zlib = nodeModule('node:zlib') as Zlib & { zstdDecompressSync?: Decode };
  const { gunzipSync, inflateSync, inflateRawSync, brotliDecompressSync, zstdDecompressSync, constants } = zlib;
  // A body that was cut ends without the end of its coding.
  const finishFlush = constants.Z_SYNC_FLUSH;
  const gzip: Decode = (raw, o) => gunzipSync(raw, { ...o, finishFlush });
  codings = {
    gzip,
    'x-gzip': gzip,
    deflate: (raw, o) =>
      ((raw[0] ?? 0) & 0xf) === 8
        ? inflateSync(raw, { ...o, finishFlush })
        : inflateRawSync(raw, { ...o, finishFlush }),
    br: (raw, o) => brotliDecompressSync(raw, { ...o, finishFlush: constants.BROTLI_OPERATION_FLUSH }),
    ...(zstdDecompressSync
      ? {
          zstd: (raw, o) =>
            zstdDecompressSync(raw, {
              ...o,
              finishFlush: (constants as unknown as { ZSTD_e_flush: number }).ZSTD_e_flush,
            }),
        }
      : {}),
  };
}

/** The bytes without their coding, or why not: `limit` (too many), `encoding` (unknown, or broken). */
export function decoded(raw: Buffer, coding: string, cap: number): Buffer | 'limit' | 'encoding' {
  let bytes = raw;
  if (coding === '' || coding === 'identity') return bytes;
  const maxOutputLength = Math.min(cap * 8 + 65_536, 16 * 1024 * 1024);
  for (const one of coding.split(',').reverse()) {
    const decode = codings[one.trim()];
    if (decode === undefined) return 'encoding';
    try {
      bytes = decode(bytes, { maxOutputLength });
    } catch (e) {
      return (e as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'limit' : 'encoding';
    }
  }
  return bytes;
}
