/** URLs, paths and places in source code: how they are put together stays, their parts are hashed. */
import { builtinModules } from 'node:module';
import type { Hosts } from './hosts';
import type { Tokens } from './tokens';
import { parameterBeginning, parameterNames } from './vocabulary';

/** As the analysis sees an id in a path (src/analysis/base/places.ts): the template of a path stays what it was. */
const anId =
  /^(?:\d+|[0-9a-f]{8,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\d.*|[\w-]{16,})$/i;
const schemes = new Set([
  'http',
  'https',
  'ws',
  'wss',
  'file',
  'ftp',
  'socks',
  'socks4',
  'socks4a',
  'socks5',
  'socks5h',
]);
const masked = '***';
/** More segments, or parameters, are one. */
const maxParts = 100;

export class Places {
  readonly #tokens: Tokens;
  readonly #hosts: Hosts;

  constructor(tokens: Tokens, hosts: Hosts) {
    this.#tokens = tokens;
    this.#hosts = hosts;
  }

  /** Of any form: absolute, a path with its query, an authority, `*`. */
  url(text: string): string {
    if (text === '' || text === '*') return text;
    const m = /^([a-z][a-z0-9+.-]*):(\/\/)?/i.exec(text);
    if (m?.[2] === undefined) {
      if (text.startsWith('/') || text.startsWith('?')) return this.#target(text);
      if (/^(?:\[[^\]]*\]|[\w.-]+):\d{1,5}$/.test(text)) return this.#hosts.authority(text);
      return this.#part('url', text);
    }
    const scheme = (m[1] as string).toLowerCase();
    if (!schemes.has(scheme)) return `${this.#part('scheme', scheme)}:${this.#part('url', text)}`;
    const rest = text.slice(m[0].length);
    const end = /[/?#\\]/.exec(rest)?.index ?? rest.length;
    const at = rest.lastIndexOf('@', end - 1);
    const user = at < 0 ? '' : `${masked}@`;
    return `${m[1] as string}://${user}${this.#hosts.authority(rest.slice(at + 1, end))}${this.#target(rest.slice(end))}`;
  }

  #target(text: string): string {
    const hash = text.indexOf('#');
    const whole = hash < 0 ? text : text.slice(0, hash);
    const mark = whole.indexOf('?');
    const path = mark < 0 ? whole : whole.slice(0, mark);
    const query = mark < 0 ? '' : `?${this.#query(whole.slice(mark + 1))}`;
    return `${this.#path(path)}${query}${hash < 0 ? '' : `#${this.#part('fragment', text.slice(hash + 1))}`}`;
  }

  #path(path: string): string {
    const parts = bounded(path, '/');
    return parts.map((part) => this.#segment(part)).join('/');
  }

  #segment(part: string): string {
    if (part === '' || part === masked) return part;
    const isId = /\d/.test(part) && anId.test(part);
    return this.#tokens.of('segment', part, isId ? 'hex' : 'letters');
  }

  #query(query: string): string {
    return bounded(query, '&')
      .map((pair) => {
        const eq = pair.indexOf('=');
        if (eq < 0) return pair === '' ? '' : this.parameter(pair);
        const value = pair.slice(eq + 1);
        return `${this.parameter(pair.slice(0, eq))}=${value.startsWith(masked) ? masked : this.#part('value', value)}`;
      })
      .join('&');
  }

  /** Name of a parameter. */
  parameter(name: string): string {
    if (parameterNames.has(name.toLowerCase()) || name === '') return name;
    const beginning = parameterBeginning.exec(name)?.[0] ?? '';
    return beginning === '' ? this.#part('parameter', name) : `${beginning}-${this.#part('parameter', name)}`;
  }

  #part(kind: string, text: string): string {
    return text === '' ? '' : this.#tokens.of(kind, text);
  }

  /** A file of source code, a path or URL of any system. Names of packages are kept. */
  file(text: string): string {
    if (text === '' || known.has(text)) return text;
    if (text.startsWith('node:')) {
      const name = text.slice(5);
      return builtinModules.includes(name)
        ? text
        : name.startsWith('internal/')
          ? 'node:internal'
          : this.#part('url', text);
    }
    const scheme = /^(?:file|webpack|webpack-internal|vite|https?):\/\//.exec(text)?.[0] ?? '';
    const parts = bounded(text.slice(scheme.length), /[/\\]/);
    const separator = text.slice(scheme.length).includes('/') ? '/' : '\\';
    const isUrl = scheme !== '';
    return (
      scheme +
      parts
        .map((part, i) => {
          if (part === '' || fixed.has(part) || (i === 0 && /^[A-Za-z]:$/.test(part))) return part;
          if (isPackagePart(parts, i)) return part;
          return this.#fileName(isUrl ? decoded(part) : part);
        })
        .join(separator)
    );
  }

  #fileName(name: string): string {
    const m = /^(.+?)(\.(?:[cm]?[jt]sx?|json|node|wasm|vue|svelte|sock))?$/s.exec(name);
    return this.#tokens.of('file', m?.[1] ?? name) + (m?.[2] ?? '');
  }

  /** Name of a package as registries allow them, which begins with a letter. */
  package(name: string): string {
    return isPackage(name) ? name : this.#tokens.of('package', name);
  }

  /** Of a package it is published; else it is the user's. `file`: as it was. */
  function(name: string, file: unknown): string {
    if (plainFunctions.has(name)) return name;
    const isPublished = typeof file === 'string' && inPackage.test(file) && /^[\w$.]{1,80}$/.test(name);
    return isPublished ? name : this.#tokens.of('function', name);
  }
}

const known = new Set(['[eval]', '[stdin]', '[worker eval]', '<anonymous>', 'native', 'evalmachine.<anonymous>']);
const fixed = new Set(['.', '..', 'node_modules', '.pnpm', '.yarn']);
const plainFunctions = new Set(['', '<anonymous>', 'Object.<anonymous>', 'async', 'eval', 'get', 'set']);
const inPackage = /[\\/]node_modules[\\/](?:@[a-z][a-z0-9._-]*[\\/])?[a-z][a-z0-9._-]*[\\/]/;
const onePart = /^[a-z][a-z0-9._-]{0,100}$/;
const isScope = (part: string | undefined): boolean =>
  part !== undefined && /^(?:@|%40)[a-z][a-z0-9._-]{0,100}$/.test(part);
const isPackage = (name: string): boolean => /^(?:@[a-z][a-z0-9._-]{0,100}\/)?[a-z][a-z0-9._-]{0,100}$/.test(name);

/** Right behind `node_modules`, and with something behind it. */
function isPackagePart(parts: readonly string[], i: number): boolean {
  const part = parts[i] as string;
  if (parts[i - 1] === 'node_modules') return i < parts.length - 1 && (onePart.test(part) || isScope(part));
  return parts[i - 2] === 'node_modules' && isScope(parts[i - 1]) && i < parts.length - 1 && onePart.test(part);
}

function bounded(text: string, separator: string | RegExp): string[] {
  const parts = text.split(separator);
  return parts.length <= maxParts ? parts : [...parts.slice(0, maxParts), parts.slice(maxParts).join(' ')];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
