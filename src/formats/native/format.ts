/**
 * The native format: the whole trace, lossless, as JSON.
 *
 * Layout: one member of the document per line; inside the arrays one record per line. So a text diff of two traces
 * shows records, and the file is readable in an editor. Arrays are sorted by first instant, then id; keys are in schema
 * order. Saving what was read gives the same bytes again: fields, words and kinds that this version does not know are
 * kept.
 *
 * Version 1.x is read whatever x is; another major version is refused.
 */

import type { TProperties, TSchema } from 'typebox';
import { Check } from '../../model/base/checks';
import { formatVersion, type Trace, trace } from '../../model/records';
import { FormatError } from '../file/error';
import { expectValid, parseJson } from '../file/parse';
import { foreignKind } from '../file/sniff';
import { membersOf, piecesOf } from './members';

const traceCheck = new Check(trace, 'trace');

/** The document's text, piece by piece: a trace may be larger than the longest string. */
export const nativePieces = (doc: Trace): Iterable<string> => piecesOf(membersOf(doc));

export function nativeText(doc: Trace): string {
  return [...nativePieces(doc)].join('');
}

export interface ReadOptions {
  /** Of a file that was cut off, take what is whole; the trace then says in `losses` that it was truncated. */
  recover?: boolean;
}

/** Reads a native document. Throws FormatError, and nothing else, for whatever text it is given. */
export function parseNative(text: string, options: ReadOptions = {}): Trace {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const { value, cut } = parseJson(plain, {
    foreign: (t) => foreignKind(undefined, t),
    recoverable,
    recover: options.recover === true,
  });
  return checkedNative(value, cut, plain);
}

/** The trace that a parsed text is; `cut`: it is the whole part of one that was cut off. */
export function checkedNative(value: unknown, cut: boolean, text: string): Trace {
  const foreign = foreignKind(value);
  if (foreign !== undefined) throw new FormatError('foreign', foreign);
  checkVersion((value as { version?: unknown }).version);
  const doc = cut ? completed(value as Record<string, unknown>) : value;
  expectValid(traceCheck, doc, cut ? undefined : text);
  return doc as Trace;
}

/** The part of a cut document if enough of it is there to be a trace. */
export function recoverable(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (foreignKind(value) !== undefined) return undefined;
    checkVersion((value as { version?: unknown }).version);
    return traceCheck.passes(completed(value as Record<string, unknown>)) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A cut document with the arrays that it lost as empty ones, and what it lost said in `losses`. */
function completed(value: Record<string, unknown>): Record<string, unknown> {
  const doc: Record<string, unknown> = { ...value };
  for (const [key, schema] of Object.entries(trace.properties as TProperties)) {
    const required = (trace as TSchema & { required?: string[] }).required?.includes(key);
    if (required && !Object.hasOwn(doc, key) && (schema as { type?: string }).type === 'array') doc[key] = [];
  }
  const counts = doc.counts as { requests?: number; evictedRequests?: number; counted?: number } | undefined;
  const had = (counts?.requests ?? 0) - (counts?.evictedRequests ?? 0) - (counts?.counted ?? 0);
  const kept = Array.isArray(doc.requests) ? doc.requests.length : 0;
  const loss = {
    source: 'import',
    what: 'requests',
    kind: 'truncated',
    count: Math.max(0, had - kept),
    reason: 'The file was cut off; records after the cut are lost, of every kind.',
  };
  doc.losses = [...(Array.isArray(doc.losses) ? doc.losses : []), loss];
  doc.state = 'interrupted';
  return doc;
}

export function checkVersion(version: unknown): void {
  const known = formatVersion.split('.')[0];
  const major = typeof version === 'string' ? /^(\d{1,9})\.\d{1,9}$/.exec(version)?.[1] : undefined;
  if (major === undefined) {
    throw new FormatError(
      'version',
      `its "version" is not "${known}.x": the file is damaged or was not written by Net Trace.`,
    );
  }
  if (major === known) return;
  const newer = Number(major) > Number(known);
  throw new FormatError(
    'version',
    `written in version ${version as string} of the trace format; this program reads ${known}.x. ` +
      (newer ? 'Update Net Trace to open it.' : 'Open it with the version of Net Trace that wrote it.'),
  );
}
