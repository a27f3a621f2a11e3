/** Where several wait for each other: all go on once all are there, or none does. */
export class Barrier {
  #missing: number;
  readonly #all: Promise<void>;
  #open: () => void = () => undefined;
  #break: (error: Error) => void = () => undefined;

  /** @param count how many there are, at least 1 */
  constructor(count: number) {
    this.#missing = count;
    this.#all = new Promise((resolve, reject) => {
      this.#open = resolve;
      this.#break = reject;
    });
    // Those who wait are told; if nobody waits, the failure must not end the process.
    this.#all.catch(() => undefined);
  }

  /** @returns a promise that is rejected when somebody else fails */
  arrive(): Promise<void> {
    this.#missing -= 1;
    if (this.#missing === 0) this.#open();
    return this.#all;
  }

  /** One of them cannot come. */
  fail(error: Error): void {
    this.#break(error);
  }
}
