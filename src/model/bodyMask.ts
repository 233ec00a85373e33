/**
 * Secrets in recorded bodies: values of fields that are named like one, in JSON, forms, multipart forms and XML, and what
 * looks like a bearer token. Best effort: a secret under a harmless name is not known for one. The hook bundles this file.
 */
import { isSecretName, masked, maskQuery } from './mask';

/** What the hook has captured before the program could replace it. */
export interface BodyTools {
  parse(text: string, revive: (name: string, value: unknown) => unknown): unknown;
  stringify(value: unknown): string;
  /** Names that the user added. */
  extra?: readonly string[] | undefined;
}

/** Too common in answers to be taken for secrets there. */
const harmless = /^(code|key)$/i;

const field = /"((?:[^"\\]|\\.){1,128})"(\s*:\s*)"(?:[^"\\]|\\.)*("|\\?$)/g;
const list = /"((?:[^"\\]|\\.){1,128})"(\s*:\s*)\[(?:\s*"(?:[^"\\]|\\.)*(?:"\s*,?|\\?$))+\s*(\]|$)/g;
const element = /<([\w:.-]{1,128})(\s[^<>]*)?>([^<>]+)(?=<\/|$)/g;
const bearer = /\b(bearer|basic)\s+[\w+/=.~-]{8,}/gi;
const jwt = /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/g;

/** `type`: the body's Content-Type, in lower case; empty where it is not known. */
export function maskBody(text: string, type: string, tools: BodyTools): string {
  return fieldsMasked(text, type, tools)
    .replace(bearer, (_, scheme: string) => `${scheme} ${masked}`)
    .replace(jwt, masked);
}

function fieldsMasked(text: string, type: string, tools: BodyTools): string {
  const isField = (name: string): boolean => isSecretName(name, tools.extra);
  const isSecret = (name: string): boolean =>
    !harmless.test(name) && (isField(name) || isField(name.replace(/s$/i, '')));
  if (type.startsWith('application/x-www-form-urlencoded')) return maskQuery(text, tools.extra);
  if (type.startsWith('multipart/')) return partsMasked(text, isField);
  if (/^\s*</.test(text))
    return text.replace(element, (all, name: string, rest = '') =>
      isSecret(name.slice(name.indexOf(':') + 1)) ? `<${name}${rest}>${masked}` : all,
    );
  return jsonMasked(text, isSecret, tools);
}

/** Parts of a form, each between two lines with the boundary; a text without any is no form, and nothing of it is kept. */
function partsMasked(text: string, isSecret: (name: string) => boolean): string {
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
      if (name === undefined || !isSecret(name)) return part;
      return `${part.slice(0, from)}${masked}${/\r?\n$/.exec(part.slice(from).slice(-2))?.[0] ?? ''}`;
    })
    .join(boundary);
}

/** A body that was cut, or several values in a row, is no JSON text, but its fields look the same. */
function jsonMasked(text: string, isSecret: (name: string) => boolean, { parse, stringify }: BodyTools): string {
  const out = text
    .replace(field, (all, name: string, colon: string) => (isSecret(name) ? `"${name}"${colon}"${masked}"` : all))
    .replace(list, (all, name: string, colon: string) => (isSecret(name) ? `"${name}"${colon}["${masked}"]` : all));
  if (!/^\s*[[{]/.test(out)) return out;
  try {
    let found = false;
    const value = parse(out, (name, v: unknown) => {
      const isMasked = Array.isArray(v) && v.every((one) => one === masked);
      const hides = typeof v === 'object' && v !== null && !isMasked && name !== '' && isSecret(name);
      found ||= hides;
      return hides ? masked : v;
    });
    return found ? stringify(value) : out;
  } catch {
    return out;
  }
}
