/** Secrets in XML and HTML: what elements and fields of forms hold that are named like one. */
import { masked } from './masked';
import { isCount, secrecyOf } from './names';

const tag = /<(\/?)([\w:.-]{1,128})((?:\s[^<>]*)?)>/g;

/**
 * One pass over the tags. All between the tags of a secret element goes, up to its end or that of the text; of an `input`
 * or `meta` with a secret name, the value.
 */
export function maskMarkup(text: string, extra?: readonly string[]): string {
  let out = '';
  let copied = 0;
  /** Name of the secret element that is open, and where what it holds begins. */
  let open: { name: string; from: number } | undefined;
  const isSecret = (name: string, value = ''): boolean => {
    const secrecy = secrecyOf(name, extra, true);
    return secrecy === 'one' || (secrecy === 'several' && !isCount(value.trim()));
  };
  const hide = (from: number, to: number): void => {
    if (text.slice(from, to).trim() === '') return;
    out += text.slice(copied, from) + masked;
    copied = to;
  };
  for (const m of text.matchAll(tag)) {
    const [all, slash, name = '', attributes = ''] = m;
    if (open !== undefined) {
      if (slash === '/' && name === open.name) {
        hide(open.from, m.index);
        open = undefined;
      }
      continue;
    }
    if (slash === '/') continue;
    const local = name.slice(name.indexOf(':') + 1);
    if (!attributes.endsWith('/')) {
      const from = m.index + all.length;
      const next = text.indexOf('<', from);
      if (isSecret(local, next < 0 ? text.slice(from) : text.slice(from, next))) {
        open = { name, from };
        continue;
      }
    }
    const named = /\sname\s{0,8}=\s{0,8}["']?([\w.[\]-]{1,128})/i.exec(attributes)?.[1];
    if (named === undefined || !isSecret(named)) continue;
    const value = /\s(?:value|content)\s{0,8}=\s{0,8}("[^"]*"|'[^']*'|[^\s"']+)/di.exec(attributes)?.indices?.[1];
    if (value === undefined) continue;
    const at = m.index + all.length - 1 - attributes.length;
    const isQuoted = /["']/.test(text[at + value[0]] as string) ? 1 : 0;
    hide(at + value[0] + isQuoted, at + value[1] - isQuoted);
  }
  if (open !== undefined) hide(open.from, text.length);
  return copied === 0 ? text : out + text.slice(copied);
}
