/**
 * Records that a store lets go, in a file until the trace is saved: written in the order they come, read in the order of a
 * document. In memory stay a few numbers a record. A plain file rather than a database: nothing but appending and one pass
 * over it is asked of it, and it works on every Node.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { firstInstant } from '../../model/base/canonical';
import { compareIds } from '../../model/base/ids';
import { bytesText } from '../../model/base/text';
import type { Trace } from '../../model/records';
import type { EvictedList, EvictionSink } from '../../model/store/evictionSink';
import type { Store } from '../../model/store/store';
import { lowererOf, maskingOf } from '../shared/lower';
import { recordText, Written } from './members';
import { Places } from './places';

/** Records gathered before a write: what is learnt of one shortly after its end, a source map's position above all, is in it. */
const batch = 1000;
/** Bytes read at once. */
const window = 1 << 20;

type Write = (file: number, bytes: Buffer, from: number, length: number, position: number) => number;
export type Complete = (list: EvictedList, record: object) => object;

export interface SpillOptions {
  /** What is known of a record by now. */
  complete?: Complete;
  /** Of `node:fs`. */
  write?: Write;
  /** Of the trace: records are masked for them as they are written. Absent: they are not. */
  settings?: () => Trace['settings'];
  /** Most bytes of the file; what is let go after that is not kept. Absent: as many as the disk takes. */
  largest?: number;
}

/** What was let go: until now, or until a snapshot was taken. */
export interface Spilled {
  /** How many records of a list are in the file that the store counts as evicted. */
  counted(list: EvictedList): number;
  has(list: EvictedList): boolean;
  /** By first instant, then id, as in a document. */
  records(list: EvictedList): Generator<object>;
  /** As `records`. */
  texts(list: EvictedList): Generator<Written>;
  /** Whether the records are masked as those of a trace with these settings. */
  isMaskedFor(settings: Trace['settings']): boolean;
  /** A body was recorded in one of them. */
  readonly hasBodies: boolean;
}

interface Waiting {
  list: EvictedList;
  record: object;
  isCounted: boolean;
}

export class Spill implements EvictionSink, Spilled {
  readonly #path: string;
  /** Undefined before the first record, and once it is closed. */
  #file: number | undefined;
  readonly #complete: Complete;
  readonly #writeBytes: Write;
  readonly #settings: SpillOptions['settings'];
  readonly #largest: number;
  readonly #places = new Map<EvictedList, Places>();
  /** Records in the file that the store counts as evicted. */
  readonly #counted = new Map<EvictedList, number>();
  #waiting: Waiting[] = [];
  #size = 0;
  #error: string | undefined;
  /** Its last read piece of the file. */
  #window = { begin: 0, bytes: Buffer.alloc(0) };
  /** What all records are masked for (`maskingOf`); undefined before the first; null: not all for the same. */
  #maskedFor: string | null | undefined;
  hasBodies = false;

  /** The file, in a folder that only this user can open, is made with the first records: most runs let none go. */
  constructor(path: string, options: SpillOptions = {}) {
    this.#path = path;
    this.#complete = options.complete ?? ((_, record) => record);
    this.#writeBytes = options.write ?? writeSync;
    this.#settings = options.settings;
    this.#largest = options.largest ?? Number.POSITIVE_INFINITY;
  }

  /** Why no more records are kept. Undefined: they are. */
  get error(): string | undefined {
    return this.#error;
  }

  keep(list: EvictedList, record: object, isCounted: boolean): void {
    if (this.#error !== undefined) return;
    if (this.#waiting.push({ list, record, isCounted }) >= batch) this.#write();
  }

  clear(): void {
    this.#waiting = [];
    this.#places.clear();
    this.#counted.clear();
    this.#maskedFor = undefined;
    // The file is written on from where it is: what was in it is read no more.
  }

  /** What is there now: of a trace that goes on, what its document of now has not. */
  snapshot(): Spilled {
    this.#write();
    const sizes = new Map([...this.#places].map(([list, { count }]) => [list, count]));
    const counted = new Map(this.#counted);
    return {
      counted: (list) => counted.get(list) ?? 0,
      has: (list) => sizes.has(list),
      records: (list) => this.records(list, sizes.get(list) ?? 0),
      texts: (list) => this.texts(list, sizes.get(list) ?? 0),
      isMaskedFor: (settings) => this.isMaskedFor(settings),
      hasBodies: this.hasBodies,
    };
  }

  counted(list: EvictedList): number {
    this.#write();
    return this.#counted.get(list) ?? 0;
  }

  /** As `counted`, with those that are still gathered for the next write, which it does not cause. */
  held(list: EvictedList): number {
    const waiting = this.#waiting.filter((w) => w.list === list && w.isCounted).length;
    return (this.#counted.get(list) ?? 0) + waiting;
  }

  has(list: EvictedList): boolean {
    this.#write();
    return (this.#places.get(list)?.count ?? 0) > 0;
  }

  isMaskedFor(settings: Trace['settings']): boolean {
    this.#write();
    return this.#maskedFor === undefined || this.#maskedFor === maskingOf(settings);
  }

  /** `first`: of those that were let go first; absent: of all. */
  *records(list: EvictedList, first?: number): Generator<object> {
    for (const { text } of this.texts(list, first)) yield JSON.parse(text);
  }

  *texts(list: EvictedList, first?: number): Generator<Written> {
    this.#write();
    const places = this.#places.get(list);
    if (!places) return;
    let same: Written[] = [];
    let at = Number.NaN;
    for (const i of places.byInstant(first)) {
      const next = places.at(i);
      if (next !== at) {
        yield* byId(same);
        same = [];
        at = next;
      }
      same.push(new Written(this.#read(places.offset(i), places.length(i) - 1), next));
    }
    yield* byId(same);
  }

  close(): void {
    this.#waiting = [];
    this.#error ??= 'it is closed';
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #write(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === 0 || this.#error !== undefined) return;
    try {
      const lower = this.#lowering();
      const texts: string[] = [];
      const records = waiting.map(({ list, record: kept }) => {
        const name = list === 'incoming' ? 'requests' : list;
        const record = lower(name, this.#complete(list, kept)) as object;
        texts.push(recordText(name, record), '\n');
        return record;
      });
      const bytes = Buffer.from(texts.join(''));
      const lengths =
        bytes.length === texts.reduce((sum, text) => sum + text.length, 0)
          ? (text: string) => text.length
          : (text: string) => Buffer.byteLength(text);
      if (this.#size + bytes.length > this.#largest)
        throw new Error(`the most it may take is ${bytesText(this.#largest)}`);
      this.#append(bytes);
      for (let i = 0; i < waiting.length; i++) {
        const { list, isCounted } = waiting[i] as Waiting;
        const record = records[i] as object;
        const length = lengths(texts[2 * i] as string) + 1;
        this.#placesOf(list).add(firstInstant(record as Record<string, unknown>), this.#size, length);
        this.#size += length;
        if (isCounted) this.#counted.set(list, (this.#counted.get(list) ?? 0) + 1);
        this.hasBodies ||= hasBody(record);
      }
    } catch (e) {
      // A full disk, most likely, or the bound. What is in the file stays; these records and all later ones are evicted as without it.
      this.#error = e instanceof Error ? e.message : String(e);
    }
  }

  #lowering(): (list: string, record: object) => unknown {
    if (this.#settings === undefined) {
      this.#maskedFor = null;
      return (_, record) => record;
    }
    const settings = this.#settings();
    const text = maskingOf(settings);
    this.#maskedFor = this.#maskedFor === undefined || this.#maskedFor === text ? text : null;
    const lowerer = lowererOf(settings);
    return (list, record) => lowerer.recordsOf(list)(record);
  }

  #append(bytes: Buffer): void {
    this.#file ??= openSync(this.#path, 'wx+', 0o600);
    for (let done = 0; done < bytes.length; )
      done += this.#writeBytes(this.#file, bytes, done, bytes.length - done, this.#size + done);
  }

  #read(offset: number, length: number): string {
    const { begin, bytes } = this.#window;
    if (offset < begin || offset + length > begin + bytes.length) {
      const next = Buffer.alloc(Math.max(window, length));
      const read = readSync(this.#file as number, next, 0, next.length, offset);
      this.#window = { begin: offset, bytes: next.subarray(0, read) };
    }
    const from = offset - this.#window.begin;
    return this.#window.bytes.toString('utf8', from, from + length);
  }

  #placesOf(list: EvictedList): Places {
    const known = this.#places.get(list);
    if (known) return known;
    const made = new Places();
    this.#places.set(list, made);
    return made;
  }
}

/** Of those with one id the last: it was let go, came again, and was let go again. */
function byId(records: Written[]): Written[] {
  if (records.length < 2) return records;
  const sorted = records.map((r) => ({ r, id: r.id ?? '' })).sort((a, b) => compareIds(a.id, b.id));
  return sorted
    .filter(({ id }, i) => i + 1 === sorted.length || id === '' || id !== sorted[i + 1]?.id)
    .map(({ r }) => r);
}

interface Content {
  content?: { text?: unknown };
}

function hasBody(record: object): boolean {
  const { body, response } = record as { body?: Content; response?: Content };
  return body?.content?.text !== undefined || response?.content?.text !== undefined;
}

/** A store of a running session: what was learnt of a record since (`TraceStore`). */
type SourcedStore = Store & { sourced(list: string, record: object): object };

/** Keeps what the store of a session lets go, in the session's own folder, until the session is disposed of. */
export function keepEvicted(store: SourcedStore, folder: string, largest?: number): Spill {
  const spill = new Spill(join(folder, 'evicted.records'), {
    complete: (list, record) => store.sourced(list, record),
    settings: () => store.header.settings,
    ...(largest === undefined ? {} : { largest }),
  });
  store.evictions = spill;
  return spill;
}
