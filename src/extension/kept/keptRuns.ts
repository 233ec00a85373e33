/**
 * The runs of the panel over a reload of the window, or the end of a crashed extension host: each has a small entry from
 * its begin, and its whole trace once it has ended, in the workspace's storage. A run whose trace was not written yet is
 * read from what its program wrote. Bounded in number, size and age; what is cleared is deleted.
 */
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Trace } from '../../model/records';
import type { Log } from '../support/log';

/** What is written of one run. */
export interface KeptRun {
  id: string;
  number: number;
  title: string;
  spool: string;
}

export interface RestoredRun extends KeptRun {
  trace: Trace;
}

/** The parts that bring the schemas with them: loaded when there is something to write or to read. */
export interface TraceFiles {
  writeTrace(trace: Trace, path: string): Promise<void>;
  readTrace(path: string): Promise<Trace>;
  recoverTrace(folder: string, options: { final: boolean }): Promise<Trace | undefined>;
}

const maxAgeMs = 86_400_000;
/** Of all traces together, bytes. */
const maxBytes = 150_000_000;
const entryName = /^([0-9a-f-]{36})\.run\.json$/;
const spoolName = /^nettrace-spool-\d+-\w+$/;

export class KeptRuns {
  /** One write at a time; an end of the window waits for the last. */
  #last: Promise<unknown> = Promise.resolve();

  readonly #folder: string;
  readonly #files: () => Promise<TraceFiles>;
  readonly #log: Pick<Log, 'warn'>;
  readonly #now: () => number;

  constructor(folder: string, files: () => Promise<TraceFiles>, log: Pick<Log, 'warn'>, now: () => number = Date.now) {
    this.#folder = folder;
    this.#files = files;
    this.#log = log;
    this.#now = now;
  }

  /** A program starts. */
  began(run: KeptRun): void {
    this.#do(async () => {
      // Traces may hold what is nobody else's business.
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(this.#entry(run.id), JSON.stringify(run), { mode: 0o600 });
    });
  }

  /** `trace` is asked for when it is written. */
  ended(id: string, trace: () => Trace): void {
    this.#do(async () => {
      if (await this.#isThere(this.#entry(id))) await (await this.#files()).writeTrace(trace(), this.#trace(id));
    });
  }

  dropped(id: string): void {
    this.#do(() => this.#delete(id));
  }

  /** Resolves when all is written. */
  async settled(): Promise<void> {
    await this.#last;
  }

  /** What an earlier window left, in the order of the runs; at most `max`. The others are deleted. */
  async restore(max: number): Promise<RestoredRun[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const entries = await Promise.all(names.map((name) => this.#read(name)));
    const kept = entries.filter((e) => e !== undefined).sort((a, b) => b.number - a.number);
    const restored: RestoredRun[] = [];
    let bytes = 0;
    for (const entry of kept) {
      bytes += await stat(this.#trace(entry.id)).then(
        (s) => s.size,
        () => 0,
      );
      const wanted = restored.length < max && bytes <= maxBytes;
      const trace = wanted ? await this.#load(entry) : undefined;
      if (trace && trace.requests.length > 0) restored.push({ ...entry, trace });
      else this.dropped(entry.id);
    }
    return restored.reverse();
  }

  async #read(name: string): Promise<KeptRun | undefined> {
    const id = entryName.exec(name)?.[1];
    if (id === undefined) return undefined;
    try {
      const path = join(this.#folder, name);
      const isOld = this.#now() - (await stat(path)).mtimeMs > maxAgeMs;
      const { number, title, spool } = JSON.parse(await readFile(path, 'utf8')) as Partial<KeptRun>;
      if (isOld || !Number.isSafeInteger(number) || typeof title !== 'string' || typeof spool !== 'string')
        throw new Error('old, or not an entry');
      return { id, number: number as number, title, spool };
    } catch {
      this.dropped(id);
      return undefined;
    }
  }

  async #load({ id, spool }: KeptRun): Promise<Trace | undefined> {
    const { readTrace, recoverTrace } = await this.#files();
    try {
      if (await this.#isThere(this.#trace(id))) return await readTrace(this.#trace(id));
      // It ended with the extension host: the program's lines are all there is.
      return spoolName.test(basename(spool)) ? await recoverTrace(spool, { final: true }) : undefined;
    } catch (error) {
      this.#log.warn(`an earlier run cannot be shown: ${String(error)}`);
      return undefined;
    }
  }

  async #delete(id: string): Promise<void> {
    await rm(this.#trace(id), { force: true });
    await rm(this.#entry(id), { force: true });
  }

  #do(work: () => Promise<unknown>): void {
    this.#last = this.#last.then(work).catch((error) => this.#log.warn(`a run is not kept: ${String(error)}`));
  }

  #isThere(path: string): Promise<boolean> {
    return stat(path).then(
      () => true,
      () => false,
    );
  }

  #entry = (id: string): string => join(this.#folder, `${id}.run.json`);
  #trace = (id: string): string => join(this.#folder, `${id}.nettrace.json`);
}
