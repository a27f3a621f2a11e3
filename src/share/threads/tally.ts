/**
 * Numbers that several threads count, each in a row of its own. A thread reads and writes its own row as plain
 * numbers; a thread without a row reads the sums.
 *
 * Rows are eight bytes a number, aligned, which the processors of the Linux engine read and write as a whole.
 */
export class Tally {
  readonly #values: Float64Array;
  readonly #width: number;
  readonly #row: number | undefined;

  /** @param row of this thread; undefined for one that reads the sums */
  constructor(values: Float64Array, width: number, row: number | undefined) {
    this.#values = values;
    this.#width = width;
    this.#row = row;
  }

  /** The own number, or the sum of all. Hot path in a thread with a row. */
  get(column: number): number {
    return this.#row === undefined ? this.#sum(column) : this.of(this.#row, column);
  }

  /** Hot path. */
  set(column: number, value: number): void {
    if (this.#row !== undefined) this.write(this.#row, column, value);
  }

  of(row: number, column: number): number {
    return this.#values[row * this.#width + column] ?? 0;
  }

  write(row: number, column: number, value: number): void {
    this.#values[row * this.#width + column] = value;
  }

  #sum(column: number): number {
    let sum = 0;
    for (let at = column; at < this.#values.length; at += this.#width) sum += this.#values[at] ?? 0;
    return sum;
  }
}
