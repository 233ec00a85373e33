/**
 * Follows the spool folder while programs write to it. One file an isolate and segment,
 * `<pid>-<tid>-<begin>.<segment>.jsonl`; a writer that begins a new segment is done with the one before it, which is then
 * read to its end and deleted. Nothing else in the folder is touched.
 */
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { LineSplitter } from './lineSplitter';
import { openOwnFile } from './ownFiles';

const nameOfSegment = /^(\d{1,10})-(\d{1,10})-(\d{1,20})\.(\d{1,9})\.jsonl$/;
/** Read and handled in one go; then the host has its turn. */
const chunkBytes = 64 * 1024;
/** Enough to tell one place of a spool file from another: lines end with numbers that grow. */
const tailBytes = 32;

export interface SpoolSink {
  /** A whole line; `offset` is that of its first byte. */
  line(text: string, position: { file: string; offset: number }): void;
  loss(loss: SpoolLoss): void;
}

/** What could not be read. `thread` is `<pid>-<tid>`. */
export interface SpoolLoss {
  kind: 'torn' | 'overflow' | 'missingSegment' | 'truncated';
  count: number;
  thread: string;
  reason: string;
}

interface Segment {
  name: string;
  splitter: LineSplitter;
  /** Inode at first sight: the name must go on to mean the same file. */
  inode?: number;
  /** The last bytes that were read: in front of what comes next they must still be the same. */
  tail: Buffer;
}

interface Stream {
  pid: number;
  thread: string;
  /** Number of the segment being read; 0 before the first. */
  current: number;
  segment?: Segment;
  ended?: true;
}

export class SpoolReader {
  /** Read so far, of all files. */
  bytes = 0;
  readonly #streams = new Map<string, Stream>();
  readonly #refused = new Set<string>();
  readonly #buffer = Buffer.allocUnsafe(chunkBytes);
  #news = new Set<string>();
  #all = false;
  #running: Promise<void> | undefined;
  #again: Promise<void> | undefined;

  readonly #folder: string;
  readonly #sink: SpoolSink;
  /** Leave the segments that were read to their end. */
  readonly #keep: boolean;

  constructor(folder: string, sink: SpoolSink, keep = false) {
    this.#folder = folder;
    this.#sink = sink;
    this.#keep = keep;
  }

  /** The watcher saw this file change: `readChanged` looks at it. */
  changed(name: string): void {
    this.#news.add(name);
  }

  /** Reads all that was written before the call. Never rejects: what cannot be read is a loss. */
  read(): Promise<void> {
    this.#all = true;
    return this.readChanged();
  }

  /** Reads new files and those that were named by `changed`: with many programs, far less than all. */
  readChanged(): Promise<void> {
    if (this.#running === undefined) {
      this.#running = this.#readAll().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    // A read in progress may have passed the file already: one more follows, shared by all calls made until then.
    this.#again ??= this.#running.then(() => {
      this.#again = undefined;
      return this.readChanged();
    });
    return this.#again;
  }

  /** The writers of this process (of all, without `pid`) are gone: a line without its end will get none. */
  ended(pid?: number): void {
    for (const stream of this.#streams.values()) {
      if ((pid !== undefined && stream.pid !== pid) || stream.ended) continue;
      stream.ended = true;
      if (stream.segment) this.#close(stream, stream.segment);
    }
  }

  async #readAll(): Promise<void> {
    const all = this.#all;
    const news = this.#news;
    this.#all = false;
    this.#news = new Set();
    const list = await this.#list();
    // It cannot be read now; what was read stays.
    if (list === undefined) return;
    this.#noticeDeleted(list);
    for (const [key, numbers] of list) {
      const stream = this.#streamOf(key);
      if (stream.ended) continue;
      if (!all && numbers.at(-1) === stream.current && !news.has(`${key}.${stream.current}.jsonl`)) continue;
      // The list was taken before: a segment with a later one in the list is complete.
      for (let i = 0; i < numbers.length; i++) {
        const number = numbers[i] as number;
        if (number < stream.current) continue;
        if (number > stream.current) this.#open(stream, key, number);
        const segment = stream.segment;
        if (segment === undefined) continue;
        await this.#readSegment(stream, segment);
        if (i < numbers.length - 1) {
          this.#close(stream, segment);
          if (!this.#keep) await fs.rm(join(this.#folder, segment.name), { force: true }).catch(() => {});
        }
      }
    }
  }

  /** Stream → its segment numbers, ascending; none where the folder is gone. `undefined`: it cannot be read. */
  async #list(): Promise<Map<string, number[]> | undefined> {
    const found = new Map<string, number[]>();
    let names: string[] = [];
    try {
      names = await fs.readdir(this.#folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return undefined;
    }
    for (const name of names) {
      const m = nameOfSegment.exec(name);
      if (!m || this.#refused.has(name)) continue;
      const key = `${m[1]}-${m[2]}-${m[3]}`;
      const numbers = found.get(key);
      if (numbers) numbers.push(Number(m[4]));
      else found.set(key, [Number(m[4])]);
    }
    for (const numbers of found.values()) numbers.sort((a, b) => a - b);
    return found;
  }

  /** Its writer goes on in a file that nobody can open any more: what it writes from here on is lost. */
  #noticeDeleted(list: ReadonlyMap<string, number[]>): void {
    for (const [key, stream] of this.#streams) {
      const { segment } = stream;
      if (segment === undefined || this.#refused.has(segment.name)) continue;
      if (list.get(key)?.includes(stream.current)) continue;
      this.#lost(stream, 'missingSegment', 1, 'the spool file was deleted while it was written');
      delete stream.segment;
    }
  }

  #streamOf(key: string): Stream {
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      const [pid, tid] = key.split('-') as [string, string];
      stream = { pid: Number(pid), thread: `${pid}-${tid}`, current: 0 };
      this.#streams.set(key, stream);
    }
    return stream;
  }

  #open(stream: Stream, key: string, number: number): void {
    const gap = number - stream.current - 1;
    if (gap > 0) {
      this.#lost(stream, 'missingSegment', gap, `segments ${stream.current + 1} to ${number - 1} are missing`);
    }
    stream.current = number;
    stream.segment = { name: `${key}.${number}.jsonl`, splitter: new LineSplitter(), tail: Buffer.alloc(0) };
  }

  #close(stream: Stream, segment: Segment): void {
    if (segment.splitter.pending) this.#lost(stream, 'torn', 1, 'the last line has no end');
    segment.splitter = new LineSplitter();
    if (stream.segment === segment) delete stream.segment;
  }

  async #readSegment(stream: Stream, segment: Segment): Promise<void> {
    let opened: Awaited<ReturnType<typeof openOwnFile>>;
    try {
      opened = await openOwnFile(join(this.#folder, segment.name));
    } catch (error) {
      this.#refuse(segment, error);
      return;
    }
    if (opened === undefined) return this.#refuse(segment);
    const { file, stat } = opened;
    try {
      segment.inode ??= stat.ino;
      if (segment.inode !== stat.ino || stat.size < segment.splitter.offset) {
        this.#lost(stream, 'truncated', 1, 'the spool file was replaced or cut short');
        return this.#refuse(segment);
      }
      await this.#readOn(file, stream, segment);
    } catch (error) {
      this.#refuse(segment, error);
    } finally {
      await file.close().catch(() => {});
    }
  }

  async #readOn(file: fs.FileHandle, stream: Stream, segment: Segment): Promise<void> {
    const receiver = {
      line: (text: string, offset: number) => this.#sink.line(text, { file: segment.name, offset }),
      tooLong: () => this.#lost(stream, 'overflow', 1, 'a line is too long to be an event'),
    };
    for (;;) {
      const { splitter, tail } = segment;
      const { bytesRead } = await file.read(this.#buffer, 0, chunkBytes, splitter.offset - tail.length);
      if (!tail.equals(this.#buffer.subarray(0, Math.min(tail.length, bytesRead)))) {
        // Its size does not show it, as the writer has written more since.
        this.#lost(stream, 'truncated', 1, 'the spool file was cut short, and written on');
        segment.tail = Buffer.alloc(0);
        continue;
      }
      if (bytesRead === tail.length) return;
      const news = Buffer.from(this.#buffer.subarray(tail.length, bytesRead));
      this.bytes += news.length;
      segment.tail = Buffer.from(news.subarray(-tailBytes));
      splitter.push(news, receiver);
    }
  }

  /**
   * Not a spool file: never read again. Running out of descriptors is no fault of the file; that it is gone is seen in
   * the next list.
   */
  #refuse(segment: Segment, error?: unknown): void {
    const code = (error as NodeJS.ErrnoException | undefined)?.code;
    if (code === 'EMFILE' || code === 'ENFILE' || code === 'ENOMEM' || code === 'ENOENT') return;
    this.#refused.add(segment.name);
  }

  #lost(stream: Stream, kind: SpoolLoss['kind'], count: number, reason: string): void {
    this.#sink.loss({ kind, count, thread: stream.thread, reason });
  }
}
