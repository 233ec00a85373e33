/** What the panel shows: the live runs, or the trace that is being stepped through. */
import type { Details } from '../../model/panel/protocol';
import type { TraceView } from '../details/view';
import type { RowChanges } from '../rows/rows';
import { Emitter } from '../support/emitter';

export class ShownView implements TraceView {
  readonly #changed = new Emitter<RowChanges | 'all'>();
  readonly onDidChange = this.#changed.event;
  /** Absent: the runs. */
  #instead: TraceView | undefined;

  readonly #live: TraceView;

  constructor(live: TraceView) {
    this.#live = live;

    live.onDidChange((change) => {
      if (!this.#instead) this.#changed.fire(change);
    });
  }

  /** In the place of the runs; undefined: these again. */
  show(view: TraceView | undefined): void {
    if (view === this.#instead) return;
    this.#instead = view;
    this.#changed.fire('all');
  }

  get #view(): TraceView {
    return this.#instead ?? this.#live;
  }

  get readOnly(): boolean {
    return this.#view.readOnly;
  }

  get title(): string {
    return this.#view.title ?? '';
  }

  readonly rows = () => this.#view.rows();
  readonly row = (id: string) => this.#view.row(id);
  readonly connections = () => this.#view.connections();
  readonly findings = () => this.#view.findings();
  readonly runs = () => this.#view.runs();
  readonly status = () => this.#view.status();
  readonly now = () => this.#view.now();
  readonly details = (id: string): Details | null => this.#view.details(id);
  readonly verdict = (id: string) => this.#view.verdict(id);
  readonly located = (id: string) => this.#view.located(id);
}
