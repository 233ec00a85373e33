/**
 * Secrets in recorded bodies: values of fields that are named like one, in JSON, forms, multipart forms and XML, and what
 * is known by its shape. Best effort: a secret under a harmless name is not known for one. The work grows as the text does.
 * The hook bundles this file.
 */

import { maskMarkup } from './markup';
import { type MaskOptions, maskQuery, textMasked } from './mask';
import { masked } from './masked';
import { isCount, secrecyOf } from './names';

export interface BodyOptions {
  /** Names that the user added. */
  extra?: readonly string[] | undefined;
  /** The text was cut at its end. */
  isCut?: boolean;
  check?: MaskOptions['check'];
}

/** `type`: the body's Content-Type, in lower case; empty where it is not known. */
export function maskBody(text: string, type: string, { extra, isCut = false, check }: BodyOptions = {}): string {
  if (type.startsWith('application/x-www-form-urlencoded')) return maskQuery(text, extra, isCut, check);
  let out = text;
  if (type.startsWith('multipart/')) out = partsMasked(text, extra);
  else if (/^\s*</.test(text)) out = maskMarkup(text, extra);
  return textMasked(out, { extra, isCut, check, keepFragments: true });
}

/** Parts of a form, each between two lines with the boundary; a text without any is no form, and nothing of it is kept. */
function partsMasked(text: string, extra: readonly string[] | undefined): string {
  const begin = text.startsWith('--') ? 0 : text.indexOf('\n--') + 1;
  const boundary = /^--[^\r\n]{1,70}/.exec(text.slice(begin, begin + 80))?.[0];
  if (boundary === undefined) return masked;
  return text
    .split(boundary)
    .map((part) => {
      const end = /\r?\n\r?\n/.exec(part);
      if (end === null) return part;
      const from = end.index + end[0].length;
      const name = /\bname="([^"\r\n]{1,128})"/.exec(part.slice(0, Math.min(end.index, 2048)))?.[1];
      const secrecy = name === undefined ? 'no' : secrecyOf(name, extra);
      const last = /\r?\n$/.exec(part.slice(-2))?.[0] ?? '';
      const value = part.slice(from, part.length - last.length);
      if (secrecy === 'no' || (secrecy === 'several' && isCount(value))) return part;
      return `${part.slice(0, from)}${masked}${last}`;
    })
    .join(boundary);
}
