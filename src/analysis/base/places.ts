/** Names of hosts, places and requests as findings say them; and the guard that keeps quiet about the own machine. */
import type { CallSite, Request } from '../../model/records';
import { placeOf, siteText } from '../../model/rows/row';
import { longest } from './limits';

/** `https://shop.example:8443`; cheap, as it is asked of each request. */
export function originOf(url: string | undefined): string {
  if (url === undefined) return '';
  const host = url.indexOf('://');
  if (host < 0) return '';
  for (let i = host + 3; i < url.length; i++) {
    const c = url.charCodeAt(i);
    if (c === 47 || c === 63 || c === 35) return url.slice(0, i);
  }
  return url;
}

/** Host without port, brackets and user. */
export function hostOf(origin: string): string {
  const m = /^[a-z+.-]+:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/?#]*)/i.exec(origin);
  return (m?.[1] ?? '').replace(/^\[|\]$/g, '').toLowerCase();
}

export const isLoopback = (host: string): boolean =>
  host === '' || host === '::1' || host === 'localhost' || /^127\./.test(host) || host.endsWith('.localhost');

const isPrivateV4 = (host: string): boolean => /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.)/.test(host);
/** Not reachable from outside: the own machine, private ranges, names without a dot or of local domains. */
export const isPrivate = (host: string): boolean =>
  isLoopback(host) ||
  isPrivateV4(host) ||
  /^(f[cd]|fe80)/.test(host.includes(':') ? host : '') ||
  (!host.includes('.') && !host.includes(':')) ||
  /\.(local|internal|lan|home\.arpa)$/.test(host);

/** `/users/{id}?page` of a URL: parts that look like ids made one, query as its sorted names. */
export function templateOf(url: string): string {
  const hash = url.indexOf('#');
  const rest = url.slice(originOf(url).length, hash < 0 ? undefined : hash);
  const mark = rest.indexOf('?');
  const path = mark < 0 ? rest : rest.slice(0, mark);
  const template = pathTemplate(path);
  return mark < 0 ? template : template + queryNames(rest.slice(mark + 1));
}

/** `?a&b` of `b=1&a=2&a=3`. */
export const queryNames = (query: string): string =>
  `?${[...new Set(query.split('&').map((p) => p.split('=', 1)[0]))].sort().join('&')}`;

/** `/users/{id}` of a path. */
export const pathTemplate = (path: string): string => (digit.test(path) ? path.split('/').map(idOr).join('/') : path);

const digit = /\d/;
const anId =
  /^(\d+|[0-9a-f]{8,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\d.*|[\w-]{16,})$/i;
/** Every kind of id has a digit somewhere. */
const idOr = (part: string): string => (digit.test(part) && anId.test(part) ? '{id}' : part);

/** `cart.ts:31`, `index.js:1138 (via got)`; absent when the line is not known. */
export const placeText = (site: CallSite | undefined): string | undefined => site && siteText(placeOf(site));
/** The line is that of a package: what its callers did is not known. */
export const isOfPackage = (site: CallSite | undefined): boolean =>
  site !== undefined && placeOf(site).package !== undefined;
/** Distinguishes call sites: the whole path. */
export const siteKey = (site: CallSite | undefined): string =>
  site === undefined ? '' : `${site.source?.file ?? site.file}:${site.source?.line ?? site.line ?? ''}`;

/** `GET /v2/cart`. */
export function requestText(r: Request): string {
  const path = (r.url ?? '').slice(originOf(r.url).length).replace(/[?#].*$/, '') || '/';
  return `${r.method ?? '?'} ${path}`;
}

/** At most so many characters, cut with an ellipsis, never inside one. */
export function clip(text: string, max: number = longest.text): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, max - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
