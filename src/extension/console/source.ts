/** What `$net` and other extensions learn about a run. */
import type { FieldName } from '../../model/query';
import { seenIn } from '../../model/query/help/seen';
import { rowsMatching } from '../api/query';
import { tracedRequest } from '../api/tracedRequest';
import type { TracedRequest } from '../api/types';
import type { Run } from '../runs/run';
import type { NetSource, ShownConnection } from './object';

export class RunSource implements NetSource {
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  requests(): readonly TracedRequest[] {
    return this.#run.rows.all().map((row) => tracedRequest(row, this.#clock));
  }

  matching(query: string): readonly TracedRequest[] | string {
    const rows = rowsMatching(this.#run.rows.all(), query);
    return typeof rows === 'string' ? rows : rows.map((row) => tracedRequest(row, this.#clock));
  }

  connections(): readonly ShownConnection[] {
    const shown = new Map<number, ShownConnection>();
    for (const { connection, id, remote, protocol } of this.#run.rows.all()) {
      if (!connection) continue;
      const one = shown.get(connection.number) ?? { number: connection.number, requests: [] };
      one.requests.push(id);
      if (remote !== undefined) one.remote = remote;
      if (protocol !== undefined) one.protocol = protocol;
      shown.set(connection.number, one);
    }
    return [...shown.values()].sort((a, b) => a.number - b.number);
  }

  seen(key: FieldName): Iterable<string> {
    return seenIn(this.#run.rows.all(), key);
  }

  get #clock() {
    return { beginTime: this.#run.store.header.beginTime, offset: this.#run.offset };
  }
}
