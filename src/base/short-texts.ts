const count = 1_000;

/** Texts for the numbers from 0 to 999, of four characters of ASCII at most: each is a word. */
export class ShortTexts {
  /** Least significant first. */
  readonly words = new Int32Array(count);
  readonly lengths = new Uint8Array(count);

  constructor(make: (number: number) => string) {
    for (let number = 0; number < count; number++) {
      const text = make(number);
      for (let at = 0; at < text.length; at++)
        this.words[number] = (this.words[number] ?? 0) | (text.charCodeAt(at) << (8 * at));
      this.lengths[number] = text.length;
    }
  }
}
