/**
 * Trace files. The suffix of the name decides what is written, the content what is read; the native format keeps
 * everything, the others are for other programs. `writeTrace` replaces a file in one step or leaves it as it was. Every error is a FormatError with a message
 * for the user.
 */
import type { PacketsToSave } from '../model/facts/packets';
import type { Trace } from '../model/records';
import { eveText } from './eve/write';
import { FormatError } from './file/error';
import { loadText } from './file/load';
import { saveAtomically } from './file/save';
import { type Format, formatOf, isPacketFile, suffixes } from './file/sniff';
import { harText } from './har/write';
import { nativePieces, type ReadOptions } from './native/format';
import { type Member, membersOf } from './native/members';
import type { Spill } from './native/spill';
import { wholeMembers, wholePieces } from './native/whole';
import { otlpPieces } from './otlp/document';
import { pcapngPieces } from './pcapng/write';
import { parseTrace } from './read';
import { lowered } from './shared/lower';
import type { FillOptions } from './sqlite/fill';
import { databaseTrace, isDatabase } from './sqlite/read';
import { writeDatabase } from './sqlite/write';

/** The text of each format, secrets masked. */
const pieces: Readonly<Record<Exclude<Format, 'database'>, (doc: Trace) => Iterable<string>>> = {
  native: (doc) => nativePieces(lowered(doc)),
  har: (doc) => [harText(doc)],
  eve: (doc) => [eveText(doc)],
  otlp: otlpPieces,
};

export interface WriteOptions extends FillOptions {
  /** What was let go of the trace: in a lossless format it is written with the document. */
  spill?: Spill;
}

/** Formats that hold all of a trace. */
export const isLossless = (path: string): boolean => ['native', 'database'].includes(formatOf(path) ?? '');

/**
 * Saves a trace in the format of the name's suffix: the whole file or, on any error, the file as it was before. `options`: of
 * a database, which has a table of the findings.
 */
export async function writeTrace(doc: Trace, path: string, options: WriteOptions = {}): Promise<void> {
  const format = formatOf(path);
  if (format === undefined && isPacketFile(path)) {
    throw new FormatError('suffix', noPackets, { file: path });
  }
  if (format === undefined) {
    const known = Object.values(suffixes).join(', ');
    throw new FormatError('suffix', `unknown file extension; use one of ${known}.`, { file: path });
  }
  const { findings } = options;
  // Before anything is waited for: a trace that goes on lets go of more meanwhile.
  const spill = options.spill?.snapshot();
  const members = (): Iterable<Member> => (spill ? wholeMembers(doc, spill) : membersOf(doc));
  const mode = { private: isPrivate(doc) || spill?.hasBodies === true };
  if (format === 'database') return writeDatabase(path, members, { ...(findings ? { findings } : {}), ...mode });
  const whole = format === 'native' ? spill : undefined;
  await saveAtomically(path, () => (whole ? wholePieces(doc, whole) : pieces[format](doc)), mode);
}

/** Values of headers, or bodies: others may not read them, whatever the umask says and the file before was. */
const isPrivate = (doc: Trace): boolean =>
  doc.settings?.headerLevel === 'values' ||
  doc.requests.some((r) => r.body?.content?.text !== undefined || r.response?.content?.text !== undefined);

/** A trace says of each packet when, where and what it was; its bytes are in the file of packets alone. */
export const noPackets =
  'a trace holds no bytes of packets, so none can be written from it. Record them: nettrace run --capture -o FILE.pcapng -- COMMAND.';

/** Saves packets as pcapng, readable by this user only: they hold what the program sent, unmasked. */
export async function writePackets(packets: PacketsToSave, path: string): Promise<void> {
  await saveAtomically(path, () => pcapngPieces(packets), { private: true });
}

export interface ReadTraceOptions extends ReadOptions {
  /** Most bytes of the file; more is refused. Default 250 MB. */
  largest?: number;
  /** Called with the error, instead of throwing it, if the file was cut off and records of it are whole: these are then opened. */
  cutOff?: (error: FormatError) => void;
}

/** Opens a trace of any format, by what the file holds and not by its name. Throws FormatError; of other files it says what they are. */
export async function readTrace(path: string, options: ReadTraceOptions = {}): Promise<Trace> {
  if (isDatabase(path)) return databaseTrace(path, options.largest);
  const text = await loadText(path, options.largest);
  const read = (recover: boolean) => parseTrace(text, { recover, name: path });
  try {
    return read(options.recover === true);
  } catch (e) {
    if (!(e instanceof FormatError)) throw e;
    const error = e.of(path);
    if (options.cutOff === undefined || error.keeps === undefined) throw error;
    options.cutOff(error);
    return read(true);
  }
}

export { FormatError } from './file/error';
export { textOf } from './file/load';
export { formatOf, isOpenable, isPacketFile, packetSuffix, suffixes } from './file/sniff';
export { nativeText, type ReadOptions } from './native/format';
export { keepEvicted, type Spill } from './native/spill';
export { wholeHeader } from './native/whole';
export { parseTrace } from './read';
export { redacted } from './redact/redact';
export { lowered } from './shared/lower';
export { timeOfInstant } from './shared/time';
export { hasSqlite, noSqlite } from './sqlite/engine';
