/** What the user should know once in a window: in the log when it happens, in the panel with the next run that begins. */
import { plural } from '../../model/base/text';
import type { Log } from '../support/log';
import type { Run } from './run';

export class Notices {
  readonly #known = new Set<string>();
  #waiting: string[] = [];

  readonly #log: Pick<Log, 'warn'>;

  constructor(log: Pick<Log, 'warn'>) {
    this.#log = log;
  }

  add(text: string): void {
    if (this.#known.has(text)) return;
    this.#known.add(text);
    this.#log.warn(text);
    this.#waiting.push(text);
  }

  /** Shows the pending notices and those of the run's own session. */
  began(run: Run): void {
    for (const text of run.recorder.notices ?? []) this.add(text);
    run.notices.push(...this.#waiting.splice(0));
  }
}

export const secretsDeleted = (files: number): string =>
  `A session that did not end properly had left TLS keys on this machine (${plural(files, 'file')}); they were deleted.`;
