/** Determines what a file is: people open what they have, whatever its name. */
import { basename } from 'node:path';

/** What can be opened. */
type ReadFormat = 'native' | 'database' | 'har' | 'eve';
/** What can be written. */
export type Format = ReadFormat | 'otlp';

const readable: Readonly<Record<ReadFormat, string>> = {
  native: '.nettrace.json',
  database: '.nettrace.db',
  har: '.har',
  eve: '.eve.json',
};

/** Suffix of each format, as people type it. */
export const suffixes: Readonly<Record<Format, string>> = { ...readable, otlp: '.otlp.json' };
/** Those of what can be opened. */
export const readSuffixes: readonly string[] = Object.values(readable);

/** Format by the name's suffix, in whatever case; undefined: none of them. Dots before the suffix mean nothing. */
export function formatOf(path: string): Format | undefined {
  const name = basename(path).toLowerCase();
  return (Object.keys(suffixes) as Format[]).find((format) => name.endsWith(suffixes[format]));
}

/** By the name's suffix: whether what is written under it can be opened again. */
export const isOpenable = (path: string): boolean => {
  const format = formatOf(path);
  return format !== undefined && format in readable;
};

/** Packets: written from a running session only, as a trace holds none of their bytes. */
export const packetSuffix = '.pcapng';
export const isPacketFile = (path: string): boolean => basename(path).toLowerCase().endsWith(packetSuffix);

const reads = `Net Trace opens ${readSuffixes.join(', ')}`;

const har = 'this is a HAR file, not a native trace.';
const eve = 'this is an EVE nettrace file, not a native trace.';
const otlp = `this is an OpenTelemetry file (OTLP), which Net Trace writes and does not read. ${reads}.`;
const spool =
  'this is a spool file, the event lines of a program under trace, not a saved trace. ' +
  'Save the trace from the session that records it, and open what it saves.';
const lines = `this holds several JSON values, one a line. ${reads}.`;

/** First bytes that identify a kind which is not text. */
const magics: readonly [bytes: readonly number[], text: string][] = [
  [[0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], 'this is an SQLite database, which is read from a file only: give its name.'],
  [[0x1f, 0x8b], 'this is compressed by gzip. Unpack it first (gunzip).'],
  [[0x50, 0x4b, 0x03, 0x04], 'this is a ZIP archive. Unpack it first.'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'this is compressed by zstd. Unpack it first.'],
  [[0x0a, 0x0d, 0x0d, 0x0a], `this is a packet capture (pcapng). ${reads}; open it in Wireshark.`],
  [[0xd4, 0xc3, 0xb2, 0xa1], `this is a packet capture (pcap). ${reads}; open it in Wireshark.`],
  [[0x4d, 0x3c, 0xb2, 0xa1], `this is a packet capture (pcap). ${reads}; open it in Wireshark.`],
];

/** What a file with these first bytes is, in a sentence; undefined if it may be text. */
export function binaryKind(head: Uint8Array): string | undefined {
  return magics.find(([bytes]) => bytes.every((b, i) => head[i] === b))?.[1];
}

/** Format of a parsed document by its contents; undefined: none for certain. */
export function formatOfContent(value: unknown): ReadFormat | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const doc = value as Record<string, unknown>;
  if (doc.format === 'nettrace') return 'native';
  if (typeof doc.log === 'object' && doc.log !== null && 'entries' in doc.log) return 'har';
  if ('traceBeginAt' in doc && ['httpRequests', 'dials', 'tcpConns', 'traceEndAt'].some((k) => k in doc)) return 'eve';
  return undefined;
}

/**
 * What a document is, in a sentence, if it is no native trace. `text` is given where it did not parse (broken, cut off,
 * or only its beginning is at hand): then only what its beginning shows for certain counts.
 */
export function foreignKind(value: unknown, text?: string): string | undefined {
  if (text !== undefined) return kindByBeginning(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return `this is JSON, but no trace: a trace is an object with "format": "nettrace". ${reads}.`;
  }
  const doc = value as Record<string, unknown>;
  const known = formatOfContent(doc);
  if (known === 'native') return undefined;
  if (known !== undefined) return known === 'har' ? har : eve;
  if (typeof doc.k === 'string') return spool;
  if ('resourceSpans' in doc) return otlp;
  if ('traceEvents' in doc)
    return `this is a Chrome performance trace. ${reads}; open it in a browser’s performance tools.`;
  const format = typeof doc.format === 'string' ? ` ("format" is ${JSON.stringify(doc.format.slice(0, 40))})` : '';
  return `this is JSON, but no trace: "format": "nettrace" is missing${format}. ${reads}.`;
}

/** As `foreignKind` of a text, but what can be opened is not foreign. */
export function unreadableKind(text: string): string | undefined {
  const kind = kindByBeginning(text);
  return kind === har || kind === eve ? undefined : kind;
}

function kindByBeginning(text: string): string | undefined {
  const start = text.trimStart();
  if (start === '') return 'the file is empty: saving it did not finish, or it is another file. Save the trace again.';
  if (start.includes('\0')) return `this is not text. ${reads}.`;
  const firstLine = start.slice(0, Math.min(4096, start.indexOf('\n') < 0 ? start.length : start.indexOf('\n')));
  if (/^\{\s*"k"\s*:\s*"/.test(start)) return spool;
  if (isWhole(firstLine) && /^\S/.test(start.slice(firstLine.length).trimStart())) return lines;
  if (/^\{\s*"log"\s*:\s*\{/.test(start)) return har;
  if (/^\{\s*"description"\s*:[^{}]*"traceBeginAt"\s*:/.test(start.slice(0, 4096))) return eve;
  if (/^\{\s*"resourceSpans"\s*:/.test(start)) return otlp;
  if (start.startsWith('<')) return `this is HTML or XML. ${reads}.`;
  if (!/^[{["\d\-tfn]/.test(start)) return `this is not JSON. ${reads}.`;
  return undefined;
}

function isWhole(json: string): boolean {
  try {
    return typeof JSON.parse(json) === 'object';
  } catch {
    return false;
  }
}
