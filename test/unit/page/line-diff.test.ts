import { assert, property, array, constantFrom } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines } from '../../../page/site/line-diff.ts';

describe('the difference of two texts', () => {
  it('shows what changed with three lines around it', () => {
    const before = Array.from({ length: 20 }, (_, line) => `line ${line}`);
    const after = before.with(10, 'other');
    const shown = diffLines(before.join('\n'), after.join('\n'));
    expect(
      shown.map((line) => (line.kind === 'skipped' ? `… ${line.count}` : `${line.kind} ${line.text}`)),
    ).toEqual([
      ...['… 7', 'same line 7', 'same line 8', 'same line 9', 'removed line 10', 'added other'],
      ...['same line 11', 'same line 12', 'same line 13', '… 6'],
    ]);
  });

  it('is nothing where they are the same', () => {
    expect(diffLines('a\nb', 'a\nb')).toEqual([]);
  });

  it('has each text whole: what is not shown is counted', () => {
    const text = array(constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 });
    assert(
      property(text, text, (before, after) => {
        const lines = diffLines(before.join('\n'), after.join('\n'));
        const length = (kinds: readonly string[]): number =>
          lines.reduce(
            (sum, line) => sum + (line.kind === 'skipped' ? line.count : Number(kinds.includes(line.kind))),
            0,
          );
        if (lines.length === 0) expect(after).toEqual(before);
        else
          expect([length(['same', 'removed']), length(['same', 'added'])]).toEqual([
            before.length,
            after.length,
          ]);
      }),
    );
  });
});
