/** A line that both texts have, or only one of them, or a run of lines that both have and nobody needs to see. */
export type DiffLine =
  | { readonly kind: 'same' | 'added' | 'removed'; readonly text: string }
  | { readonly kind: 'skipped'; readonly count: number };

/** Lines around a change that help to find it. */
const contextLines = 3;
/** Beyond so many comparisons, the middle is shown as replaced whole. */
const maxComparisons = 4_000_000;

/** What makes one text of the other, line by line, with three lines around each change. Empty where they are the same. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [old, next] = [before.split('\n'), after.split('\n')];
  let head = 0;
  while (head < old.length && head < next.length && old[head] === next[head]) head += 1;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < next.length - head &&
    old[old.length - 1 - tail] === next[next.length - 1 - tail]
  )
    tail += 1;
  const middle = diffMiddle(old.slice(head, old.length - tail), next.slice(head, next.length - tail));
  if (middle.length === 0) return [];
  return shortened([
    ...old.slice(0, head).map(same),
    ...middle,
    ...(tail === 0 ? [] : old.slice(-tail).map(same)),
  ]);
}

type PlainLine = Exclude<DiffLine, { readonly kind: 'skipped' }>;

function same(text: string): PlainLine {
  return { kind: 'same', text };
}

function diffMiddle(old: readonly string[], next: readonly string[]): readonly PlainLine[] {
  if (old.length * next.length > maxComparisons)
    return [
      ...old.map((text) => ({ kind: 'removed' as const, text })),
      ...next.map((text) => ({ kind: 'added' as const, text })),
    ];
  const lengths = commonLengths(old, next);
  const width = next.length + 1;
  const lines: PlainLine[] = [];
  let [at, to] = [0, 0];
  while (at < old.length || to < next.length) {
    const [from, into] = [old[at], next[to]];
    if (from !== undefined && from === into) {
      lines.push(same(from));
      at += 1;
      to += 1;
    } else if (
      from !== undefined &&
      (into === undefined || (lengths[(at + 1) * width + to] ?? 0) >= (lengths[at * width + to + 1] ?? 0))
    ) {
      lines.push({ kind: 'removed', text: from });
      at += 1;
    } else {
      lines.push({ kind: 'added', text: into ?? '' });
      to += 1;
    }
  }
  return lines;
}

/** How many lines the rests of both texts have in common, from each pair of lines on. */
function commonLengths(old: readonly string[], next: readonly string[]): Uint32Array {
  const width = next.length + 1;
  const lengths = new Uint32Array((old.length + 1) * width);
  for (let at = old.length - 1; at >= 0; at--)
    for (let to = next.length - 1; to >= 0; to--) {
      const diagonal = (lengths[(at + 1) * width + to + 1] ?? 0) + 1;
      const best = Math.max(lengths[(at + 1) * width + to] ?? 0, lengths[at * width + to + 1] ?? 0);
      lengths[at * width + to] = old[at] === next[to] ? diagonal : best;
    }
  return lengths;
}

function shortened(lines: readonly PlainLine[]): readonly DiffLine[] {
  const changed = lines.flatMap(({ kind }, index) => (kind === 'same' ? [] : index));
  const shown = new Set(
    changed.flatMap((index) =>
      Array.from({ length: 2 * contextLines + 1 }, (_, offset) => index - contextLines + offset),
    ),
  );
  const result: DiffLine[] = [];
  let count = 0;
  for (const [index, line] of [...lines.entries(), [lines.length, undefined] as const]) {
    const isShown = line === undefined || shown.has(index);
    if (isShown && count > 0) {
      result.push({ kind: 'skipped', count });
      count = 0;
    }
    if (line !== undefined && isShown) result.push(line);
    else if (line !== undefined) count += 1;
  }
  return result;
}
