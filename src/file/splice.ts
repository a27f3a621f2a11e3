/** A part of a text that is replaced. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with its parts replaced, which do not overlap. */
export function spliced(text: string, splices: readonly Splice[]): string {
  const fromTheEnd = splices.toSorted((a, b) => b.start - a.start);
  return fromTheEnd.reduce(
    (all, { start, end, text: by }) => all.slice(0, start) + by + all.slice(end),
    text,
  );
}

/** Where the line of an offset begins. */
export function lineStartOf(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where it ends, before its line break. */
export function lineEndOf(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end < 0) return text.length;
  return text[end - 1] === '\r' && end > offset ? end - 1 : end;
}

/** What stands on a line before an offset. */
export function prefixOf(text: string, offset: number): string {
  return text.slice(lineStartOf(text, offset), offset);
}

/** Takes whole lines out, with one line break: theirs, or at the end of the text the one before. */
export function withoutLines(text: string, start: number, end: number): Splice {
  const from = lineStartOf(text, start);
  const to = lineEndOf(text, end);
  if (to < text.length) return { start: from, end: to + (text[to] === '\r' ? 2 : 1), text: '' };
  const lineBreak = text.slice(0, from).endsWith('\r\n') ? 2 : 1;
  return { start: Math.max(0, from - lineBreak), end: to, text: '' };
}

export function isBlank(text: string): boolean {
  return /^\s*$/u.test(text);
}
