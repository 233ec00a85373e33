/** Reads a file as text, bounded, with a readable error message. */
import { type FileHandle, open } from 'node:fs/promises';
import { FormatError } from './error';
import { binaryKind, foreignKind } from './sniff';

/**
 * Largest file that is opened, in bytes. Opening needs about 3 bytes of memory for each byte of the file; a trace at the
 * default limits (20,000 requests, with kernel statistics) has well under 100 MB.
 */
export const largestFile = 250_000_000;

const headSize = 64 * 1024;

/** The text of a file. Throws FormatError: not readable, not text, larger than `largest` bytes. */
export async function loadText(path: string, largest = largestFile): Promise<string> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const stats = await file.stat();
    if (stats.isDirectory()) throw new FormatError('file', 'is a folder. Choose a file in it.');
    const bytes = await readUpTo(file, Math.min(largest, stats.size > largest ? headSize : largest), stats.size);
    const text = plainText(bytes);
    // Pipes have no size beforehand: one byte more shows it.
    const more =
      stats.size > largest || (bytes.length === largest && (await file.read(Buffer.alloc(1), 0, 1)).bytesRead > 0);
    if (more) throw tooLarge(stats.size, text.slice(0, headSize), largest);
    return text;
  } catch (e) {
    throw e instanceof FormatError ? e.of(path) : new FormatError('file', readText(e), { file: path, cause: e });
  } finally {
    await file?.close().catch(() => undefined);
  }
}

/** The text of a stream, by the same rules; `name` is for the message. */
export async function textOf(stream: AsyncIterable<Uint8Array>, name: string, largest = largestFile): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of stream) {
      parts.push(part);
      length += part.length;
      if (length > largest) throw tooLarge(0, plainText(part).slice(0, headSize), largest);
    }
    return plainText(Buffer.concat(parts, length));
  } catch (e) {
    throw e instanceof FormatError ? e.of(name) : new FormatError('file', readText(e), { file: name, cause: e });
  }
}

function plainText(bytes: Uint8Array): string {
  const binary = binaryKind(bytes);
  if (binary !== undefined) throw new FormatError('foreign', binary);
  return decode(bytes);
}

async function readUpTo(file: FileHandle, max: number, expected: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  while (length < max) {
    const size = Math.min(max - length, Math.max(headSize, expected - length));
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(size), 0, size);
    if (bytesRead === 0) break;
    parts.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
  }
  return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts, length);
}

/** UTF-8, or UTF-16 by its mark (some shells redirect so); a byte order mark is not part of the text. */
function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder('utf-8').decode(bytes);
}

function tooLarge(size: number, head: string, largest: number): FormatError {
  const megabytes = (n: number) => `${Math.round(n / 1e6)} MB`;
  const foreign = (foreignKind(undefined, head) ?? '').replace(/^./, (c) => c.toUpperCase());
  const is = size > largest ? `has ${megabytes(size)}` : `has more than ${megabytes(largest)}`;
  return new FormatError(
    'tooLarge',
    `${is}; the largest trace that is opened has ${megabytes(largest)}. ` +
      (foreign ||
        'Record less at once (a lower limit of requests, or a condition), or cut the file into several traces.'),
  );
}

function readText(e: unknown): string {
  const code = (e as NodeJS.ErrnoException | null)?.code;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `does not exist (${code}). Check the name.`;
    case 'EACCES':
    case 'EPERM':
      return `may not be read (${code}). Ask its owner for the right to read it.`;
    case 'EISDIR':
      return 'is a folder. Choose a file in it.';
    default:
      return `could not be read: ${e instanceof Error ? e.message : String(e)}.`;
  }
}
