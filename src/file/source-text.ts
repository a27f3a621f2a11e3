/** A place in a text. Both count from 1; columns are UTF-16 code units, as editors count them. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** Characters of a line that an excerpt shows on either side of the place. */
const excerptReach = 60;

/** Where a part of a text ends without the line breaks at its end. */
export function endWithoutBreaks(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && (text[at - 1] === '\n' || text[at - 1] === '\r')) at -= 1;
  return at;
}

/** The text of a file, with its lines. */
export class SourceText {
  /** As messages call it. */
  readonly file: string;
  readonly text: string;
  readonly #lineStarts: readonly number[];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    this.#lineStarts = [
      0,
      ...[...text.matchAll(/\r\n|[\r\n]/gu)].map(({ 0: end, index }) => index + end.length),
    ];
  }

  positionAt(offset: number): TextPosition {
    const line = this.#lineOf(offset);
    return { line: line + 1, column: offset - (this.#lineStarts[line] ?? 0) + 1 };
  }

  /** The line of a place, and under it a caret that points at the place. */
  excerptAt(offset: number): string {
    const line = this.#lineOf(offset);
    const start = this.#lineStarts[line] ?? 0;
    const end = endWithoutBreaks(this.text, start, this.#lineStarts[line + 1] ?? this.text.length);
    const place = Math.min(offset, end);
    const from = Math.max(start, place - excerptReach);
    const shown = this.text.slice(from, Math.min(end, place + excerptReach));
    // Tabs stay tabs, so that the caret stands below its place however wide they are.
    const indent = this.text.slice(from, place).replaceAll(/[^\t]/gu, ' ');
    return `${shown}\n${indent}^`;
  }

  /** The line of an offset, from 0. */
  #lineOf(offset: number): number {
    let [low, high] = [0, this.#lineStarts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
