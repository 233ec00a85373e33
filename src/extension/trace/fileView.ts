/** An opened trace file as what a page shows: one run that has ended. */

import { lastInstant } from '../../model/facts/lastInstant';
import type { Verdict } from '../../model/facts/verdict';
import type { ConnectionRow, Details, FindingRow, Run, Status } from '../../model/panel/protocol';
import type { Trace } from '../../model/records';
import { baseName, type Row, threadLabel } from '../../model/rows/row';
import { Store } from '../../model/store/store';
import {
  detailsAmong,
  findingsAmong,
  type Located,
  locatedAmong,
  statusOf,
  type TraceView,
  verdictAt,
} from '../details/view';
import { firstProcessAt, RunRows } from '../rows/rows';
import { endOf } from '../runs/end';
import { lossMessages, pausesOn } from '../runs/run';

export class FileView implements TraceView {
  readonly readOnly = true;
  readonly store: Store;
  readonly #rows: RunRows;
  /** µs since the trace began. */
  readonly #end: number;
  readonly #startAt: number;

  constructor(
    readonly document: Trace,
    readonly title: string,
  ) {
    this.store = Store.fromDocument(document);
    this.#end = document.endAt ?? lastInstant(this.store.requests.values());
    this.#startAt = firstProcessAt(this.store) ?? 0;
    this.#rows = new RunRows(this.store, 1, -this.#startAt);
    this.#rows.update(this.#end);
  }

  rows(): Row[] {
    return this.#rows.all();
  }

  row(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  connections(): ConnectionRow[] {
    return this.#rows.connections();
  }

  findings(): FindingRow[] {
    return findingsAmong([this.#rows], () => this.#end);
  }

  runs(): Run[] {
    const [message, ...moreMessages] = lossMessages(this.store);
    return [
      {
        number: 1,
        title: this.document.description ?? this.title,
        beginTime: this.document.beginTime,
        state: this.document.state === 'interrupted' ? 'interrupted' : 'ended',
        offset: -this.#startAt,
        endAt: this.now(),
        processes: [...this.store.processes.values()].map((p) => ({
          pid: p.pid,
          label: p.threads[0] ? threadLabel(this.store, p.threads[0].id).label : baseName(p.entry ?? 'node'),
        })),
        ...endOf(this.store, true),
        ...(message === undefined ? {} : { message }),
        ...(moreMessages.length === 0 ? {} : { moreMessages }),
        ...(this.store.pauses.length === 0 ? {} : { pauses: pausesOn(this.store, -this.#startAt) }),
      },
    ];
  }

  status(): Status {
    return statusOf([this.store], { recording: false, elapsed: this.now() });
  }

  now(): number {
    return this.#end - this.#startAt;
  }

  details(id: string): Details | null {
    return detailsAmong(id, [this.#rows], () => this.#end);
  }

  verdict(id: string): Verdict | undefined {
    return verdictAt(this.located(id));
  }

  located(id: string): Located | undefined {
    return locatedAmong(id, [this.#rows], () => this.#end);
  }

  /** A file does not change. */
  readonly onDidChange = (): { dispose(): void } => ({ dispose: () => {} });
}
