/** Attributes of spans: those that several kinds of spans have, and the rules for all. */
import { isIP } from 'node:net';
import type { Connection, ErrorInfo } from '../../model/records';
import { maskText } from '../../model/secrets/mask';
import { errorText } from '../shared/words';
import type { Attributes, Span, Value } from './types';

/** Without what is not known. Numbers that are not whole are not known either: no field of a trace that is used here has any. */
export function attributesOf(all: Readonly<Record<string, Value | undefined>>): Attributes {
  const out: Attributes = {};
  for (const [key, value] of Object.entries(all)) {
    if (value === undefined || (typeof value === 'number' && !Number.isSafeInteger(value))) continue;
    out[key] = wellFormed(value);
  }
  return out;
}

/** Half of a surrogate pair, where a text was cut, is no text in UTF-8. */
export const textOf = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');

function wellFormed(value: Value): Value {
  if (typeof value === 'string') return textOf(value);
  return typeof value === 'object' ? value.map(textOf) : value;
}

/** The ends of a connection; through a proxy the other end is the proxy. */
export function peerOf(c: Connection | undefined): Record<string, Value | undefined> {
  if (c?.kind === 'unix') return { 'network.peer.address': c.path };
  return { 'network.peer.address': c?.remote?.address, 'network.peer.port': c?.remote?.port };
}

/** `ipv4` or `ipv6`; undefined for a name. */
export function networkType(address: string | undefined): string | undefined {
  const version = isIP((address ?? '').replace(/%.*$/, ''));
  return version === 0 ? undefined : `ipv${version}`;
}

/** One of few words: the error's code, else the name of its class. */
export const errorType = (error: ErrorInfo | undefined): string | undefined =>
  error && (error.code ?? error.name ?? '_OTHER');

/** The status of a span that ended with this error. */
export function errorOf(error: ErrorInfo | undefined, extra: readonly string[] | undefined): Pick<Span, 'error'> {
  return error === undefined ? {} : { error: { message: textOf(maskText(errorText(error), extra)) } };
}
