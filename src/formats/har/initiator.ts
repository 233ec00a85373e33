/** `_initiator` of a HAR entry: the code that made the request, as Chrome writes and reads it. */
import type { Request } from '../../model/records';
import type { HarEntry, HarFrame } from './types';

type Initiator = NonNullable<HarEntry['_initiator']>;

/** Undefined when nothing is known of it. The mapped place goes before the place that ran. */
export function harInitiator(r: Request): Initiator | undefined {
  const site = r.callSite;
  if (!site) return r.initiator && ofBrowser(r.initiator);
  const own = frameOf({
    ...(site.function === undefined ? {} : { function: site.function }),
    ...(site.source ?? site),
  });
  const callFrames = [own, ...(r.stack ?? []).filter(isFrame).slice(1).map(frameOf)];
  return {
    type: 'script',
    url: own.url,
    ...lineOf(site.source ?? site),
    stack: { callFrames },
  };
}

/** What a browser said of a request that no code made. */
function ofBrowser({ kind, url, line, column }: NonNullable<Request['initiator']>): Initiator {
  return {
    type: kind,
    ...(url === undefined ? {} : { url }),
    ...(line === undefined ? {} : { lineNumber: line - 1 }),
    ...(column === undefined ? {} : { columnNumber: column - 1 }),
  };
}

interface Place {
  file: string;
  /** Absent, as is the column: not known. */
  line?: number;
  column?: number;
  function?: string;
}

function frameOf(f: Place): HarFrame {
  return {
    functionName: f.function ?? '',
    scriptId: '',
    url: fileUrl(f.file),
    ...lineOf(f),
  };
}

/** Chrome counts from 0, the trace from 1. */
const lineOf = ({ line, column }: Place) =>
  line === undefined || column === undefined
    ? {}
    : { lineNumber: Math.max(0, line - 1), columnNumber: Math.max(0, column - 1) };

function isFrame(value: Record<string, unknown>): value is Place & Record<string, unknown> {
  return typeof value.file === 'string';
}

/** A path as `file:` URL; what is a URL already (or `node:…`) stays. */
function fileUrl(file: string): string {
  if (/^[a-z][a-z0-9+.-]+:/i.test(file) && !/^[a-z]:[\\/]/i.test(file)) return file;
  const path = file.replaceAll('\\', '/');
  const encoded = encodedPath(path);
  if (path.startsWith('//')) return `file:${encoded}`;
  return path.startsWith('/') ? `file://${encoded}` : /^[a-z]:\//i.test(path) ? `file:///${encoded}` : encoded;
}

function encodedPath(path: string): string {
  try {
    return encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23');
  } catch {
    // Half of a surrogate pair, where a long name was cut.
    return path;
  }
}
