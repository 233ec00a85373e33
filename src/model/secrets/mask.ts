/**
 * Masking of secrets in URLs and texts. Used in the hook, before anything is written, so that no secret ever leaves the
 * traced program; formats can only lower further. What a secret is, by name and by shape, is said in `secrets/` alone.
 * The work grows as the text does. No imports but those: the hook bundles this file.
 */
import { masked } from './masked';
import { decoded, isCount, secrecyOf } from './names';
import { maskPairs } from './pairs';
import { maskKeys, maskShapes } from './shapes';

export { isSecretHeader } from './names';

export interface MaskOptions {
  /** Names of secrets that the user added. */
  extra?: readonly string[] | undefined;
  /** The text was cut at its end: what begins there is taken for the secret that it may be. */
  isCut?: boolean | undefined;
  /** In a body the fragment of a URL is part of the text. */
  keepFragments?: boolean;
  /** How often what is inside was decoded. */
  depth?: number;
  /** Called for each URL and each value that is masked as a separate text; what it throws ends the work. */
  check?: (() => void) | undefined;
}

/** User info, query, fragment, parameters and escapes of the path: what of a URL may hold a secret, beside tokens. */
const suspicious = /[?@#;%]/;

/**
 * A URL (absolute, or path with query) with user info, secret parameters' values, tokens and the fragment taken out. Works
 * on the text, not by parsing: what is no valid URL is masked too, and what holds no secret comes back as it was.
 */
export function maskUrl(url: string, extra?: readonly string[], isCut = false): string {
  if (isCut || suspicious.test(url)) return urlMasked(url, { extra, isCut });
  return maskShapes(url);
}

function urlMasked(url: string, options: MaskOptions): string {
  const hash = url.indexOf('#');
  let out = hash < 0 ? url : url.slice(0, hash);
  const fragment = hash < 0 || !options.keepFragments ? '' : url.slice(hash);
  const isCut = options.isCut === true && hash < 0;
  const query = out.indexOf('?');
  let head = query < 0 ? out : out.slice(0, query);
  head = userInfoMasked(head, isCut && query < 0);
  if (head.includes(';')) head = queryMasked(head, options);
  if (head.includes('%')) head = segmentsMasked(head, options);
  out = query < 0 ? head : `${head}?${queryMasked(out.slice(query + 1), options)}`;
  return maskShapes(out + (fragment.includes('=') ? queryMasked(fragment, options) : fragment), isCut);
}

/**
 * Before the last `@` of each authority, which ends at the first slash or backslash (the query is cut off already). A path
 * may hold another URL. A cut authority with a colon may be user and password whose `@` was cut off.
 */
function userInfoMasked(head: string, isCut: boolean): string {
  if (!head.includes('@') && !isCut) return head;
  const scheme = /:[/\\]{1,4}|^[/\\]{2}|^[a-z][a-z0-9+.-]{0,40}:(?![/\\])/gi;
  let out = '';
  let copied = 0;
  for (let m = scheme.exec(head); m !== null; m = scheme.exec(head)) {
    const from = scheme.lastIndex;
    let end = from;
    let at = -1;
    let colon = -1;
    for (; end < head.length && head[end] !== '/' && head[end] !== '\\'; end++) {
      if (head[end] === '@') at = end;
      else if (head[end] === ':') colon = end;
    }
    if (isCut && at < 0 && colon >= 0 && end === head.length) at = end;
    if (at > from) {
      out += head.slice(copied, from) + masked;
      copied = at;
    }
    scheme.lastIndex = Math.max(end, from);
  }
  return copied === 0 ? head : out + head.slice(copied);
}

/** A URL as a segment of a path: `/proxy/https%3A%2F%2Fuser%3Apassword%40host`. */
const segmentsMasked = (head: string, options: MaskOptions): string =>
  head
    .split('/')
    .map((segment) => (segment.includes('%') ? nestedMasked(segment, options) : segment))
    .join('/');

/** A query string (`a=1&token=x`, without the question mark) with the values of secret parameters masked. */
export const maskQuery = (
  query: string,
  extra?: readonly string[],
  isCut = false,
  check?: MaskOptions['check'],
): string => maskShapes(queryMasked(query, { extra, check }), isCut);

/** Matches values that can have a secret nested inside them. */
const inside = /[%"'{@=\\]|:\/\//;

function queryMasked(query: string, options: MaskOptions): string {
  let out = '';
  let copied = 0;
  let eq = -1;
  for (let from = 0; from <= query.length; ) {
    const end = endOfPiece(query, from);
    // Looked for once for all pieces that have none.
    if (eq < from) eq = query.indexOf('=', from);
    if (eq < 0) eq = query.length;
    const isPair = eq > from && eq < end;
    const value = query.slice(isPair ? eq + 1 : from, end);
    let shown = value;
    if (isPair && hides(query.slice(from, eq), value, options.extra)) shown = masked;
    else if (inside.test(value)) shown = nestedMasked(value, options);
    if (shown !== value) {
      out += query.slice(copied, end - value.length) + shown;
      copied = end;
    }
    from = end + 1;
  }
  return copied === 0 ? query : out + query.slice(copied);
}

/** Where a piece of a query ends. */
function endOfPiece(query: string, from: number): number {
  for (let at = from; at < query.length; at++) {
    const c = query.charCodeAt(at);
    if (c === 38 || c === 59 || c === 63 || c === 35) return at;
  }
  return query.length;
}

function hides(name: string, value: string, extra: readonly string[] | undefined): boolean {
  const secrecy = secrecyOf(name, extra);
  return secrecy === 'one' || (secrecy === 'several' && !isCount(value));
}

/** How often a value is decoded in search of what it holds. */
const deepest = 4;

/** A value that is a text or a URL itself, mostly with percent signs: it is written again only if it holds a secret. */
function nestedMasked(value: string, options: MaskOptions): string {
  const depth = (options.depth ?? 0) + 1;
  if (depth > deepest) return value;
  options.check?.();
  const text = decoded(value);
  const shown = textMasked(text, { ...options, depth, isCut: false, keepFragments: true });
  if (shown === text) return value;
  return text === value ? shown : encoded(shown);
}

/** As `encodeURIComponent`; bytes that are no ASCII were not decoded. */
const encoded = (text: string): string =>
  text.replace(/%(?![89a-f][0-9a-f])|[^\w.~!*'()%\u0080-\uffff-]/gi, (c) => encodeURIComponent(c));

/** What a text with a secret has, if it is none that is known by its shape. */
const signs = /[:=?]|bearer|basic|digest|negotiate|ntlm|token|dpop|apikey|eyj|-----begin/i;
const authority = /:[/\\]{2}/;
const scheme = /bearer|basic|digest|negotiate|ntlm|token|dpop|apikey/i;
const authorization = /\b(bearer|basic|digest|negotiate|ntlm|token|dpop|apikey)(\s{1,8})([\w+/=.~-]{8,})/gi;
/** `token undefined`, `Basic authentication` are words. */
const isCredential = /\d|.[A-Z]|[=+]/;

/**
 * The first characters of a long text, masked. More of it is looked through than is shown: a token that begins in what is
 * shown is known by its whole length, and what is still open at the end counts as the secret that it may be.
 */
export function maskBeginning(text: string, max: number, mask: (text: string, isCut: boolean) => string): string {
  if (text.length <= max + ahead) return mask(text, false);
  const given = text.slice(0, max + ahead);
  const out = mask(given, true);
  // The end of the given text may be the beginning of a token: it was only read as context for what precedes it.
  let same = 0;
  while (
    same < ahead &&
    same < out.length &&
    out.charCodeAt(out.length - 1 - same) === given.charCodeAt(given.length - 1 - same)
  )
    same++;
  return out.slice(0, out.length - same);
}

/** Longer than any token that is known by its shape alone. */
const ahead = 512;

/** Free text (an error's message, an argument) with every URL in it masked, secret options and bearer tokens too. */
export const maskText = (text: string, extra?: readonly string[], isCut = false): string =>
  textMasked(text, { extra, isCut });

const urlHeaders = new Set(['location', 'content-location', 'referer', 'referrer']);

/** The value of a header that is none of the secret ones. */
export const maskHeader = (name: string, value: string, extra?: readonly string[], isCut = false): string =>
  urlHeaders.has(name.toLowerCase()) ? maskUrl(value, extra, isCut) : maskText(value, extra, isCut);

export function textMasked(text: string, options: MaskOptions): string {
  let out = text;
  if (options.isCut || signs.test(text)) {
    if (out.includes('?') || authority.test(out)) out = urlsMasked(out, options);
    out = maskPairs(out, options.extra);
    if (scheme.test(out)) out = out.replace(authorization, credentialMasked);
    out = maskKeys(out);
  }
  return maskShapes(out, options.isCut);
}

const credentialMasked = (all: string, name: string, between: string, value: string): string =>
  /^bearer$/i.test(name) || isCredential.test(value) ? `${name}${between}${masked}` : all;

function urlsMasked(text: string, options: MaskOptions): string {
  let out = '';
  let copied = 0;
  for (let at = 0; at < text.length; at++) {
    const isQuery = text.charCodeAt(at) === 63;
    if (!isQuery && !isAuthority(text, at)) continue;
    let from = at;
    while (from > copied && (isQuery ? !endsUrl(text, from - 1) : isInScheme(text.charCodeAt(from - 1)))) from--;
    let to = at + (isQuery ? 1 : 3);
    while (to < text.length && !endsUrl(text, to)) to++;
    const sign = at;
    at = to;
    // A question in a sentence has no path before it.
    if (isQuery && !text.slice(from, sign).includes('/')) continue;
    const url = text.slice(from, to);
    options.check?.();
    const shown = urlMasked(url, { ...options, isCut: options.isCut === true && to === text.length });
    if (shown === url) continue;
    out += text.slice(copied, from) + shown;
    copied = to;
  }
  return copied === 0 ? text : out + text.slice(copied);
}

/** `://`, also with backslashes, and as JSON may write it. */
const isAuthority = (text: string, at: number): boolean =>
  text.charCodeAt(at) === 58 && isSlash(text.charCodeAt(at + 1)) && isSlash(text.charCodeAt(at + 2));

const isSlash = (c: number): boolean => c === 47 || c === 92;

/** White space, quotes (with their backslash, in a text inside a text) and angle brackets. */
function endsUrl(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  if (c === 92) {
    const next = text.charCodeAt(at + 1);
    return next === 34 || next === 39 || next === 92;
  }
  return c <= 32 || c === 34 || c === 39 || c === 60 || c === 62 || c === 96;
}

const isLetter = (c: number): boolean => (c >= 97 && c <= 122) || (c >= 65 && c <= 90);

const isInScheme = (c: number): boolean => isLetter(c) || (c >= 48 && c <= 57) || c === 43 || c === 45 || c === 46;
