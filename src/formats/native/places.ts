/** Where the records of a list are in a file, and by which instant they sort: 24 bytes each, however long they are. */

const numbers = 3;

export class Places {
  /** Of each record: its first instant, its offset, its length. */
  #values = new Float64Array(numbers * 1024);
  #count = 0;
  /** As long as each was added with an instant not before that of the one before. */
  #isSorted = true;

  get count(): number {
    return this.#count;
  }

  add(at: number, offset: number, length: number): void {
    const from = this.#count * numbers;
    if (from === this.#values.length) {
      const larger = new Float64Array(2 * this.#values.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    if (from > 0 && at < this.at(this.#count - 1)) this.#isSorted = false;
    this.#values[from] = at;
    this.#values[from + 1] = offset;
    this.#values[from + 2] = length;
    this.#count++;
  }

  at(i: number): number {
    return this.#values[i * numbers] as number;
  }

  offset(i: number): number {
    return this.#values[i * numbers + 1] as number;
  }

  length(i: number): number {
    return this.#values[i * numbers + 2] as number;
  }

  /**
   * Indices of the first `count` that were added, by instant; those of the same instant in the order they were added.
   * Infinity, of a record without one, is last.
   */
  byInstant(count = this.#count): Uint32Array {
    const order = new Uint32Array(count);
    for (let i = 0; i < order.length; i++) order[i] = i;
    if (this.#isSorted) return order;
    // Infinity minus itself is no number.
    return order.sort((a, b) => {
      const x = this.at(a);
      const y = this.at(b);
      return x < y ? -1 : x > y ? 1 : a - b;
    });
  }
}
