/**
 * Secrets in recorded bodies: values of fields that are named like one, in JSON, forms, multipart forms and XML, and what
 * looks like a bearer token. Best effort: a secret under a harmless name is not known for one.
 */
import { masked } from '../model/mask';
import { parse, stringify } from './builtins';
import { isSecretField, maskedForm } from './text';

/** Too common in answers to be taken for secrets there. */
const harmless = /^(code|key)$/i;
const isSecret = (name: string): boolean =>
  !harmless.test(name) && (isSecretField(name) || isSecretField(name.replace(/s$/i, '')));

const field = /"((?:[^"\\]|\\.){1,128})"(\s*:\s*)"(?:[^"\\]|\\.)*("|\\?$)/g;
const list = /"((?:[^"\\]|\\.){1,128})"(\s*:\s*)\[(?:\s*"(?:[^"\\]|\\.)*(?:"\s*,?|\\?$))+\s*(\]|$)/g;
const element = /<([\w:.-]{1,128})(\s[^<>]*)?>([^<>]+)(?=<\/|$)/g;
const formField = /(name="([^"\r\n]{1,128})"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n)([\s\S]*?)(?=\r?\n--|$)/g;
const bearer = /\b(bearer|basic)\s+[\w+/=.~-]{8,}/gi;
const jwt = /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/g;

export function maskedBody(text: string, type: string): string {
  return fieldsMasked(text, type)
    .replace(bearer, (_, scheme: string) => `${scheme} ${masked}`)
    .replace(jwt, masked);
}

function fieldsMasked(text: string, type: string): string {
  if (type.startsWith('application/x-www-form-urlencoded')) return maskedForm(text);
  if (type.startsWith('multipart/'))
    return text.replace(formField, (all, head: string, name: string) => (isSecretField(name) ? head + masked : all));
  if (/^\s*</.test(text))
    return text.replace(element, (all, name: string, rest = '') =>
      isSecret(name.slice(name.indexOf(':') + 1)) ? `<${name}${rest}>${masked}` : all,
    );
  return jsonMasked(text);
}

/** A body that was cut, or several values in a row, is no JSON text, but its fields look the same. */
function jsonMasked(text: string): string {
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
    }) as unknown;
    return found ? stringify(value) : out;
  } catch {
    return out;
  }
}
