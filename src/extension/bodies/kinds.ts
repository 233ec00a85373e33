/**
 * What a body opens as: a file name whose suffix gives VS Code the language or the image viewer. Content type, path and
 * method come from a server or a file of somebody's, so each is read by fixed rules and bounded.
 */
import { baseName } from '../../model/rows/row';

const suffixes: Readonly<Record<string, string>> = {
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/css': 'css',
  'text/csv': 'csv',
  'text/markdown': 'md',
  'text/xml': 'xml',
  'application/xml': 'xml',
  // As its text: it may hold scripts.
  'image/svg+xml': 'xml',
  'application/json': 'json',
  'text/json': 'json',
  'text/javascript': 'js',
  'application/javascript': 'js',
  'application/graphql': 'graphql',
  'application/sql': 'sql',
  'application/toml': 'toml',
  'text/yaml': 'yaml',
  'application/yaml': 'yaml',
  'application/x-yaml': 'yaml',
};
const images: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/bmp': 'bmp',
  'image/avif': 'avif',
  'image/x-icon': 'ico',
  'image/vnd.microsoft.icon': 'ico',
};
const maxName = 60;

export type BodyKind = 'text' | 'image' | 'binary';

export interface BodyFile {
  name: string;
  kind: BodyKind;
}

interface Described {
  method: string;
  path: string;
  side: 'request' | 'response';
  contentType: string | undefined;
  /** It is bytes that are not text. */
  isBinary: boolean;
  /** Only its beginning is there. */
  isCut: boolean;
}

export function bodyFileOf({ method, path, side, contentType, isBinary, isCut }: Described): BodyFile {
  const type = (contentType ?? '').slice(0, 200).split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const image = isBinary && Object.hasOwn(images, type) ? images[type] : undefined;
  const kind: BodyKind = image !== undefined ? 'image' : isBinary ? 'binary' : 'text';
  const suffix = image ?? (isBinary ? 'bin' : textSuffix(type));
  const last = baseName(path.slice(0, 2000));
  const name = [plain(method, 10), plain(last, maxName), side].filter((part) => part !== '').join(' ');
  return { name: `${name}${isCut ? ' (beginning)' : ''}.${suffix}`, kind };
}

function textSuffix(type: string): string {
  if (Object.hasOwn(suffixes, type)) return suffixes[type] as string;
  if (/^[\w.-]+\/[\w.-]+\+json$/.test(type)) return 'json';
  if (/^[\w.-]+\/[\w.-]+\+xml$/.test(type)) return 'xml';
  return 'txt';
}

/** Of a name what is safe in a title and a path. */
const plain = (text: string, max: number): string =>
  text
    .replace(/[^\w.-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, max);
