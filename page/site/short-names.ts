/** A name cut in two: what all names begin with, and the part that tells them apart. */
export interface ShortName {
  readonly prefix: string;
  readonly rest: string;
}

/**
 * What all names have in common goes where there is no room for it.
 *
 * @param isShortest also within a word: `INF_PACS12` becomes `12`, and not `PACS12`
 */
export function shortNames(names: readonly string[], isShortest: boolean): readonly ShortName[] {
  const common = names.length < 2 ? '' : names.reduce(commonStart);
  // A number is never cut in two.
  const whole = isShortest ? common.replace(/\d+$/u, '') : common.slice(0, 1 + lastSeparator(common));
  const length = names.some((name) => name.length === whole.length) ? 0 : whole.length;
  return names.map((name) => ({ prefix: name.slice(0, length), rest: name.slice(length) }));
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}

function lastSeparator(text: string): number {
  return Math.max(text.lastIndexOf('_'), text.lastIndexOf('-'), text.lastIndexOf('.'));
}
