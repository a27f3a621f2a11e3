import { ShortTexts } from './short-texts.ts';
import type { TextPiece } from './text-piece.ts';

/** The last word of a piece may go so far beyond its end. */
const overhang = 3;
const largestInt = 0x7fff_ffff;

/** Texts of up to four characters for the numbers from 0 to 999, each written with one store. */
const whole = new ShortTexts((number) => String(number));
const padded = new ShortTexts((number) => String(number).padStart(3, '0'));
/** Of thousandths: with the point, and without zeros at the end. */
const fractions = new ShortTexts((number) =>
  (number / 1_000)
    .toFixed(3)
    .slice(1)
    .replace(/\.?0+$/u, ''),
);

/** By character of ASCII: whether a format has it as it is. */
export type PlainCharacters = readonly boolean[];

/** @param unusual what a format writes in another way; whatever is not ASCII is unusual as well */
export function plainCharacters(unusual: RegExp): PlainCharacters {
  return Array.from({ length: 128 }, (_, code) => !unusual.test(String.fromCharCode(code)));
}

/**
 * Memory for lines, which writers fill field by field: no string is made for a line, and nothing is encoded twice. A writer
 * makes sure first that there is room. All methods are hot paths.
 */
export class TextBlock {
  readonly bytes: Buffer;
  /** Where the next byte goes. */
  end: number;
  readonly #view: DataView;

  /** @param start the first byte of the first line */
  constructor(size: number, start = 0) {
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.#view = new DataView(this.bytes.buffer);
    this.end = start;
  }

  /** For how many bytes there is room. */
  get room(): number {
    return this.bytes.length - this.end - overhang;
  }

  piece({ words, length }: TextPiece): void {
    const view = this.#view;
    const start = this.end;
    const end = start + length;
    this.end = end;
    for (let index = 0, at = start; at < end; index++, at += 4) {
      view.setInt32(at, words[index] ?? 0, true);
    }
  }

  /** As a template has it: in full, and with all digits that tell it from its neighbours. */
  number(value: number): void {
    const whole = value | 0;
    if (whole === value && whole >= 0) this.#digits(whole);
    else this.#thousandths(value);
  }

  /** 0 to 999, with leading zeros. */
  threeDigits(value: number): void {
    this.#short(padded, value);
  }

  /** A text that a format has as it is. @returns false, and nothing is written, where it has an unusual character */
  plain(text: string, characters: PlainCharacters): boolean {
    const { bytes } = this;
    let at = this.end;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (characters[code] !== true) return false;
      bytes[at++] = code;
    }
    this.end = at;
    return true;
  }

  /** Any text, in UTF-8. */
  text(text: string): void {
    this.end += this.bytes.write(text, this.end);
  }

  byte(code: number): void {
    this.bytes[this.end++] = code;
  }

  /** Times are whole microseconds, and have three digits at most. */
  #thousandths(value: number): void {
    const thousandths = Math.round(value * 1_000);
    if (!(thousandths >= 0 && thousandths <= largestInt) || thousandths / 1_000 !== value) {
      this.text(String(value));
      return;
    }
    const integer = (thousandths / 1_000) | 0;
    this.#digits(integer);
    this.#short(fractions, thousandths - integer * 1_000);
  }

  #digits(value: number): void {
    if (value < 1_000) {
      this.#short(whole, value);
      return;
    }
    const thousands = (value / 1_000) | 0;
    this.#digits(thousands);
    this.#short(padded, value - thousands * 1_000);
  }

  #short({ words, lengths }: ShortTexts, index: number): void {
    this.#view.setInt32(this.end, words[index] ?? 0, true);
    this.end += lengths[index] ?? 0;
  }
}
