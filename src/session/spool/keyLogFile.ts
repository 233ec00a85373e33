/**
 * The user's key log: TLS secrets as they come, in the format of SSLKEYLOGFILE, for a tool that decrypts with them while
 * the program runs. The hook's own files stay private; this one is where, and for as long as, the user wants it.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { keysSize, readKeys } from './keyFiles';

const { O_APPEND, O_CREAT, O_WRONLY, O_NONBLOCK = 0 } = constants;
const everyMs = 250;

export class KeyLogFile {
  readonly #written = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #size = 0;

  readonly #spool: string;
  readonly #path: string;

  constructor(spool: string, path: string) {
    this.#spool = spool;
    this.#path = path;
  }

  /** Throws if it cannot be written. Leaves nothing: the program may never start. */
  prove(): void {
    const isThere = lstatSync(this.#path, { throwIfNoEntry: false }) !== undefined;
    this.#append('');
    if (!isThere) rmSync(this.#path, { force: true });
  }

  /** From now on what comes is written; the file is there at once, for who waits for it. */
  follow(): void {
    try {
      this.#append('');
    } catch {
      // As for `update`.
    }
    this.#timer ??= setInterval(() => this.update(), everyMs).unref();
  }

  /** Writes what is new. A failure of it is no matter of the trace: the disk may be full. */
  update(): void {
    const size = keysSize(this.#spool);
    if (size === this.#size) return;
    const isNew = (line: string) => line !== '' && !this.#written.has(line);
    const lines = readKeys(this.#spool).split('\n').filter(isNew);
    try {
      if (lines.length > 0) this.#append(`${lines.join('\n')}\n`);
    } catch {
      return; // tried again with the next one
    }
    this.#size = size;
    for (const line of lines) this.#written.add(line);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** What others wrote into it stays. */
  delete(): void {
    this.stop();
    if (this.#timer === undefined) return;
    try {
      const others = readFileSync(this.#path, 'latin1')
        .split('\n')
        .filter((line) => line !== '' && !this.#written.has(line));
      if (others.length === 0) rmSync(this.#path, { force: true });
      else writeFileSync(this.#path, `${others.join('\n')}\n`, 'latin1');
    } catch {
      // It is gone already.
    }
  }

  #append(text: string): void {
    // A pipe without a reader would hold this process up.
    const file = openSync(this.#path, O_APPEND | O_CREAT | O_WRONLY | O_NONBLOCK, 0o600);
    try {
      if (!fstatSync(file).isFile()) throw new Error(`${this.#path} is not a regular file`);
      if (process.platform !== 'win32') fchmodSync(file, 0o600);
      writeFileSync(file, text);
    } finally {
      closeSync(file);
    }
  }
}
