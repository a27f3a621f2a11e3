import { ServerNames } from './server-names.ts';
import type { AllocateBytes } from './stick-records.ts';

/** Names of servers have 64 characters of ASCII at most; the first byte is the length. */
const bytesPerName = 80;
const maxCharacters = bytesPerName - 1;
/** The highest number. */
const maxNumber = 4095;

/**
 * Names and numbers that several threads agree about. Each thread keeps those that it has met. A list in shared
 * memory has all of them in order; it is read and written only under the lock of the table.
 */
export class SharedNames extends ServerNames {
  /** One word: the highest number. */
  readonly #last: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(allocate: AllocateBytes) {
    super();
    this.#last = new Int32Array(allocate(4), 0, 1);
    this.#bytes = new Uint8Array(allocate((maxNumber + 1) * bytesPerName));
  }

  override name(number: number): string | undefined {
    if (number > this.last) this.#readNew();
    return super.name(number);
  }

  override known(name: string): number {
    this.#readNew();
    return super.known(name);
  }

  /** Names stay: other threads have met them. */
  override clear(): void {}

  /** @returns 0 where the list is full */
  protected override add(name: string): number {
    const known = this.known(name);
    if (known !== 0 || this.last === maxNumber) return known;
    const number = super.add(name);
    const at = number * bytesPerName;
    const length = Math.min(name.length, maxCharacters);
    this.#bytes[at] = length;
    for (let index = 0; index < length; index++) this.#bytes[at + 1 + index] = name.charCodeAt(index);
    this.#last[0] = number;
    return number;
  }

  /** Takes over what other threads have added. */
  #readNew(): void {
    const last = this.#last[0] ?? 0;
    while (this.last < last) {
      const at = (this.last + 1) * bytesPerName + 1;
      const bytes = this.#bytes.subarray(at, at + (this.#bytes[at - 1] ?? 0));
      super.add(String.fromCharCode(...bytes));
    }
  }
}
