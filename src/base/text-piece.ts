const wordBytes = 4;

/** A text that is written often, as bytes: a copy costs a few words instead of an encoding. */
export class TextPiece {
  /** In bytes. */
  readonly length: number;
  /** The bytes in words, least significant first; zeros fill the last one. */
  readonly words: Int32Array;

  constructor(text: string) {
    const bytes = Buffer.from(text);
    const count = Math.ceil(bytes.length / wordBytes);
    const padded = Buffer.concat([bytes], count * wordBytes);
    this.length = bytes.length;
    this.words = Int32Array.from({ length: count }, (_, index) => padded.readInt32LE(index * wordBytes));
  }
}
