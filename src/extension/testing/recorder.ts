/** For tests: a recorder whose lines come from the test instead of a spool folder. */
import { documentOf } from '../../model/document';
import { Folder } from '../../model/fold/folder';
import type { Trace } from '../../model/records';
import { newHeader, Store } from '../../model/store/store';
import { procLine, traceId } from '../../model/testing/store';
import type { StartableRecorder } from '../debug/tracer';

export class FakeRecorder implements StartableRecorder {
  readonly hook = '/cache/nettrace-hook-0/hook.cjs';
  readonly spoolFolder = '/spool';
  readonly store: Store;
  /** What happened to it, in order. */
  readonly calls: string[] = [];
  readonly #folder: Folder;
  readonly #listeners = new Set<() => void>();
  #offset = 0;

  constructor(readonly id: string) {
    const anchor = { time: '2026-01-01T00:00:00.000000Z', monotonicNs: String(process.hrtime.bigint()) };
    this.store = new Store(newHeader(traceId, anchor, { name: 'test', version: '0' }));
    this.#folder = new Folder(this.store);
  }

  /** The program writes; the first line, about itself, is put before. */
  write(...lines: object[]): void {
    const proc = this.#offset === 0 ? [procLine(1, 0, this.store.header.beginMonotonicNs)] : [];
    for (const text of [...proc, ...lines.map((l) => JSON.stringify(l))]) {
      this.#folder.fold(text, { file: 'test', offset: this.#offset++ });
    }
    for (const f of this.#listeners) f();
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  environment(base: Record<string, string | undefined>): Record<string, string> {
    return { NODE_OPTIONS: `${base.NODE_OPTIONS ?? ''} --require ${this.id}`.trim(), NETTRACE_SPOOL: this.id };
  }
  onDidChange(f: () => void): () => void {
    this.#listeners.add(f);
    return () => this.#listeners.delete(f);
  }
  begin(): void {
    this.calls.push('begin');
  }
  async poll(): Promise<void> {}
  async release(): Promise<void> {
    this.calls.push('release');
  }
  async finish(state: string, graceMs: number): Promise<void> {
    this.calls.push(`finish ${state}${graceMs > 0 ? ', waiting' : ''}`);
    this.store.header = { ...this.store.header, endAt: 5_000_000 };
  }
  document(): Trace {
    return documentOf(this.store);
  }
  async dispose(): Promise<void> {
    this.calls.push('dispose');
    this.store.evictions?.close();
  }
}

/** A request that is done: `req` and `end` in one line. */
export const doneLine = (id: number, createdAt: number, more: object = {}): object => ({
  k: 'req',
  id,
  createdAt,
  api: 'http',
  method: 'GET',
  url: `http://127.0.0.1/${id}`,
  endAt: createdAt + 1000,
  outcome: 'complete',
  response: { status: 200 },
  ...more,
});
