/**
 * Masking of secrets in URLs and texts. Used in the hook, before anything is written, so that no secret ever leaves the
 * traced program; formats can only lower further. No imports: the hook bundles this file.
 */

/** What stands in place of a secret. */
export const masked = '***';

/** Query parameters whose values are secret, compared in lower case without `-`, `_` and `.`. */
export const secretParameters: readonly string[] = [
  'token',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'authtoken',
  'apikey',
  'key',
  'secret',
  'clientsecret',
  'password',
  'passwd',
  'pwd',
  'auth',
  'authorization',
  'session',
  'sessionid',
  'sid',
  'jwt',
  'sig',
  'signature',
  'credential',
  'credentials',
  'code',
  'assertion',
  'xamzsignature',
  'xamzcredential',
  'xamzsecuritytoken',
  'xgoogsignature',
  'xgoogcredential',
];

/** Headers whose values are never recorded, at whatever level: only their length. Lower case. */
export const secretHeaders: readonly string[] = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'x-auth-token',
  'x-csrf-token',
  'x-amz-security-token',
];

const plain = (name: string): string => name.toLowerCase().replace(/[-_.]/g, '');
const known = new Set(secretParameters);
/** A name that ends so is secret too: `github_token`, `db-password`, `X-Signature`. */
const secretEnd = /(?:token|secret|password|passwd|apikey|accesskey|signature|credential)$/;

/** Whether a query parameter (or command line option) of this name holds a secret. `extra` are names the user added. */
export function isSecretName(name: string, extra?: readonly string[]): boolean {
  const p = plain(decode(name));
  return known.has(p) || secretEnd.test(p) || (extra?.some((e) => plain(e) === p) ?? false);
}

function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * A URL (absolute, or path with query) with user info, secret parameters' values and the fragment taken out. Works on
 * the text, not by parsing: what is no valid URL is masked too, and what holds no secret comes back as it was.
 */
export function maskUrl(url: string, extra?: readonly string[]): string {
  let out = url;
  const hash = out.indexOf('#');
  if (hash >= 0) out = out.slice(0, hash);
  // The authority ends at the first slash, backslash or question mark; user info ends at its last @ (WHATWG URL).
  const scheme = /^[a-z][a-z0-9+.-]*:[/\\]{0,2}|^[/\\]{2}/i.exec(out);
  if (scheme && out.includes('@')) {
    const rest = out.slice(scheme[0].length);
    const end = rest.search(/[/\\?]/);
    const authority = end < 0 ? rest : rest.slice(0, end);
    const at = authority.lastIndexOf('@');
    if (at >= 0) out = `${scheme[0]}${masked}@${authority.slice(at + 1)}${end < 0 ? '' : rest.slice(end)}`;
  }
  const query = out.indexOf('?');
  return query < 0 ? out : out.slice(0, query + 1) + maskQuery(out.slice(query + 1), extra);
}

/** A query string (`a=1&token=x`, without the question mark) with the values of secret parameters masked. */
export function maskQuery(query: string, extra?: readonly string[]): string {
  if (!query.includes('=')) return query;
  return query
    .split(/([&;])/)
    .map((part) => {
      const eq = part.indexOf('=');
      return eq > 0 && isSecretName(part.slice(0, eq), extra) ? `${part.slice(0, eq + 1)}${masked}` : part;
    })
    .join('');
}

const urlInText = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>`]+/gi;
const pathInText = /(?<![\w/])\/[^\s"'<>`?]*\?[^\s"'<>`]+/g;
const optionInText = /(--?[\w-]*)=("[^"]*"|'[^']*'|[^\s]+)/g;
const authorization = /\b(bearer|basic|digest|token)\s+[\w+/=.~-]{8,}/gi;

/** Free text (an error's message, an argument) with every URL in it masked, secret options and bearer tokens too. */
export function maskText(text: string, extra?: readonly string[]): string {
  if (!/[:=?]|bearer|basic/i.test(text)) return text;
  return text
    .replace(urlInText, (u) => maskUrl(u, extra))
    .replace(pathInText, (u) => maskUrl(u, extra))
    .replace(optionInText, (all, name: string) =>
      isSecretName(name.replace(/^-+/, ''), extra) ? `${name}=${masked}` : all,
    )
    .replace(authorization, (_, scheme: string) => `${scheme} ${masked}`);
}

/**
 * Command line arguments with their secrets masked: `--token=x`, `--token x`, and URLs in any of them. The value after
 * a secret option is masked unless it looks like an option itself.
 */
export function maskArguments(argv: readonly string[], extra?: readonly string[]): string[] {
  return argv.map((arg, i) => {
    const before = argv[i - 1];
    const follows =
      before !== undefined && /^--?[\w-]+$/.test(before) && isSecretName(before.replace(/^-+/, ''), extra);
    return follows && !arg.startsWith('-') ? masked : maskText(arg, extra);
  });
}
