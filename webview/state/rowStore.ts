/** The rows the host sent, in order of their begin, kept by batches of changes. Rows are replaced, never mutated. */

import { beginOf } from '../view/drawing/geometry';
import type { Row } from '../view/types';

export class RowStore {
  /** In order of begin. Read only; replaced as a whole never, so compare `version`. */
  readonly rows: Row[] = [];
  /** Changes with every change of rows. */
  version = 0;
  #places = new Map<string, number>();

  get(id: string): Row | undefined {
    const place = this.#places.get(id);
    return place === undefined ? undefined : this.rows[place];
  }

  reset(rows: readonly Row[]): void {
    this.rows.length = 0;
    for (const row of rows) this.rows.push(row);
    this.#order();
    this.version++;
  }

  /** Takes a batch. Rows that come in order of begin and go nowhere else cost O(batch). */
  apply(upsert: readonly Row[], removed: readonly string[]): void {
    if (upsert.length === 0 && removed.length === 0) return;
    this.version++;
    let disorder = false;
    if (removed.length > 0) {
      const gone = new Set(removed);
      const kept = this.rows.filter((row) => !gone.has(row.id));
      this.rows.length = 0;
      for (const row of kept) this.rows.push(row);
      this.#places.clear();
      for (let i = 0; i < kept.length; i++) this.#places.set((kept[i] as Row).id, i);
    }
    for (const row of upsert) {
      const place = this.#places.get(row.id);
      if (place !== undefined) {
        if (beginOf(row) !== beginOf(this.rows[place] as Row)) disorder = true;
        this.rows[place] = row;
        continue;
      }
      const last = this.rows.at(-1);
      if (last && beginOf(last) > beginOf(row)) disorder = true;
      this.#places.set(row.id, this.rows.length);
      this.rows.push(row);
    }
    if (disorder) this.#order();
  }

  #order(): void {
    this.rows.sort((a, b) => beginOf(a) - beginOf(b));
    this.#places.clear();
    for (let i = 0; i < this.rows.length; i++) this.#places.set((this.rows[i] as Row).id, i);
  }
}
