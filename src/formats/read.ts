/** A trace from the text of a file of any format: what it holds decides, and its name where that leaves it open. */
import type { Trace } from '../model/records';
import { traceOfEve } from './eve/read';
import { FormatError } from './file/error';
import { parseJson } from './file/parse';
import { type Format, foreignKind, formatOf, formatOfContent, unreadableKind } from './file/sniff';
import { traceOfHar } from './har/read';
import { checkedNative, type ReadOptions, recoverable } from './native/format';

export interface ParseTraceOptions extends ReadOptions {
  /** Name of the file, so that one with nothing but its name to identify it by is called what it should be. */
  name?: string;
}

/** Throws FormatError, and nothing else, for whatever text it is given. */
export function parseTrace(text: string, options: ParseTraceOptions = {}): Trace {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const { value, cut } = parseJson(plain, { foreign: unreadableKind, recoverable, recover: options.recover === true });
  switch (formatOfContent(value) ?? named(value, options.name)) {
    case 'har':
      return traceOfHar(value, plain);
    case 'eve':
      return traceOfEve(value, plain);
    default:
      return checkedNative(value, cut, plain);
  }
}

/** An object that nothing is known of is taken for what its name says: the error then says what it lacks. */
function named(value: unknown, name: string | undefined): Format | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const format = name === undefined ? undefined : formatOf(name);
  if (format === 'native' || format === undefined) return undefined;
  const other = foreignKind(value);
  if (other !== undefined && !other.startsWith('this is JSON')) throw new FormatError('foreign', other);
  return format;
}
