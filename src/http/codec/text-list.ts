/** Values that are kept of one name. Browsers hold some 50 cookies of all names for a host (RFC 6265, section 6.1). */
const maxTexts = 50;

/**
 * Values of one name in one head, in order. Reused for head after head: a value that the one before had at the same
 * place costs no new string.
 */
export class TextList {
  /** How many there are, {@link maxTexts} at most. */
  count = 0;
  /** Those after `count` are of earlier heads. */
  readonly #texts: string[] = [];

  /** The value in that place, from 0 on, or undefined where there are no more. Hot path. */
  at(nth: number): string | undefined {
    return nth < this.count ? this.#texts[nth] : undefined;
  }

  protected add(bytes: Buffer, start: number, end: number): void {
    if (this.count === maxTexts) return;
    const nth = this.count++;
    this.#texts[nth] = textOf(bytes, start, end, this.#texts[nth]);
  }
}

/** The bytes as text, one character each: `known` itself where it is the same. */
export function textOf(bytes: Buffer, start: number, end: number, known: string | undefined): string {
  if (known?.length !== end - start) return bytes.toString('latin1', start, end);
  for (let index = 0; index < known.length; index++) {
    if (bytes[start + index] !== known.charCodeAt(index)) return bytes.toString('latin1', start, end);
  }
  return known;
}
