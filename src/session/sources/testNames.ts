/**
 * The test whose code made a request: the innermost frame of its calls that is inside of a call of `test` or `it`, in the
 * source as it was when the program ran. What was made for a test by code elsewhere is known with recorded stacks only.
 */
import { readFileSync, statSync } from 'node:fs';
import type { Request } from '../../model/records';
import { baseName } from '../../model/rows/row';
import { isRemote } from './sourceFiles';
import { localPath } from './sourceMaps';
import { type TitledCall, titleAt, titledCalls } from './testTitles';

/** Larger ones are generated. */
const maxBytes = 1_000_000;
/** A path that a test may have; what is none of these is not read. */
const mayBeTest = /test|spec/i;
const isNamedTest = /[._-](?:test|spec)\.[cm]?[jt]sx?$|[\\/]__tests__[\\/]/;
const runner = /['"](?:node:test|vitest|@jest\/globals|mocha|bun:test|tap|ava|tape|uvu)['"]/;

interface Place {
  file: string;
  line?: number;
  column?: number;
}

/** A frame of a call site or a stack. */
interface Ran extends Place {
  source?: Place;
}

interface Source {
  calls: readonly TitledCall[];
  /** Offsets of the lines. */
  lines: readonly number[];
}

export class TestNames {
  readonly #sources = new Map<string, Source | undefined>();
  /** Requests of one place share their frames' objects. */
  readonly #ofFrame = new WeakMap<Ran, string>();
  readonly #began: number;

  /** `began`: of the run, ms of the wall clock. What was written to a file after it says nothing of the run. */
  constructor(began: number) {
    this.#began = began;
  }

  /** `prices.test.ts › prices › asks the shop`. */
  of({ callSite, stack }: Pick<Request, 'callSite' | 'stack'>): string | undefined {
    const found = callSite && this.#atFrame(callSite);
    if (found) return found;
    for (const frame of stack ?? []) {
      const name = this.#atFrame(frame);
      if (name) return name;
    }
    return undefined;
  }

  /** '': it is in no test. */
  #atFrame(frame: Ran): string {
    let name = this.#ofFrame.get(frame);
    if (name === undefined) {
      name = this.#at(frame.source ?? frame) ?? '';
      this.#ofFrame.set(frame, name);
    }
    return name;
  }

  #at({ file, line, column }: Place): string | undefined {
    if (line === undefined || column === undefined || !mayBeTest.test(file)) return undefined;
    const source = this.#source(file);
    const begin = source?.lines[line - 1];
    if (source === undefined || begin === undefined) return undefined;
    const title = titleAt(source.calls, begin + column - 1);
    return title === undefined ? undefined : `${baseName(file)} › ${title}`;
  }

  #source(file: string): Source | undefined {
    if (!this.#sources.has(file)) this.#sources.set(file, this.#read(file));
    return this.#sources.get(file);
  }

  #read(file: string): Source | undefined {
    const path = localPath(file);
    if (path === undefined || isRemote(path) || /[\\/]node_modules[\\/]/.test(path)) return undefined;
    try {
      const stat = statSync(path);
      if (!stat.isFile() || stat.size > maxBytes || stat.mtimeMs > this.#began) return undefined;
      const text = readFileSync(path, 'utf8');
      if (!isNamedTest.test(path) && !runner.test(text)) return undefined;
      const calls = titledCalls(text);
      return calls && { calls, lines: [0, ...[...text.matchAll(/\r\n|[\n\r]/g)].map((m) => m.index + m[0].length)] };
    } catch {
      return undefined;
    }
  }
}
