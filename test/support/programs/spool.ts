import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Folder } from '../../../src/model/fold/folder';
import type { Store } from '../../../src/model/store/store';
import type { Ending } from './program';

/** One line of a spool file as it stood on disk. */
export interface SpoolLine {
  readonly file: string;
  /** Byte offset of its begin. */
  readonly offset: number;
  readonly text: string;
  /** False: the file ended before a newline. */
  readonly whole: boolean;
}

/** All lines of a spool folder; files of one isolate in order of their segments. */
export function readSpool(folder: string): SpoolLine[] {
  const names = readdirSync(folder).filter((n) => n.endsWith('.jsonl'));
  const segment = (n: string) => Number(n.split('.').at(-2));
  names.sort((a, b) => (a.split('.')[0] === b.split('.')[0] ? segment(a) - segment(b) : a < b ? -1 : 1));
  const lines: SpoolLine[] = [];
  for (const file of names) {
    const data = readFileSync(join(folder, file));
    for (let offset = 0; offset < data.length; ) {
      const end = data.indexOf(10, offset);
      const stop = end < 0 ? data.length : end;
      lines.push({ file, offset, text: data.toString('utf8', offset, stop), whole: end >= 0 });
      offset = stop + 1;
    }
  }
  return lines;
}

/** Folds a program's lines into the store, and what is known of the ends of its processes. */
export function foldSpool(store: Store, lines: readonly SpoolLine[], ending: Ending): void {
  const folder = new Folder(store);
  for (const { file, offset, text, whole } of lines) if (whole) folder.fold(text, { file, offset });
  for (const { pid } of [...store.processes.values()]) {
    if (pid !== ending.pid) folder.end(pid);
    else folder.end(pid, ending.signal === null ? { exitCode: ending.code ?? 0 } : { signal: ending.signal });
  }
}
