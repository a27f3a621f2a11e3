import { Linter, type Rule } from 'eslint';
import { describe, expect, it } from 'vitest';

const rulePath = new URL('../../../scripts/long-files-say-why.mjs', import.meta.url).href;
const { longFilesSayWhy } = (await import(rulePath)) as { readonly longFilesSayWhy: Rule.RuleModule };

const config: Linter.Config = {
  plugins: { sluice: { rules: { 'long-files-say-why': longFilesSayWhy } } },
  rules: { 'sluice/long-files-say-why': 'error' },
};

/** What the rule says of a file that begins like this, and has so many lines. */
function problemsOf(head: string, lineCount: number): readonly string[] {
  const headLines = head.split('\n').length;
  const code = `${head}\n${';\n'.repeat(lineCount - headLines)}`;
  return new Linter().verify(code, config).map(({ message }) => message);
}

describe('a long file', () => {
  it('of up to 250 lines says nothing', () => {
    expect(problemsOf(';', 250)).toEqual([]);
  });

  it('of more lines is split, or says why not', () => {
    expect(problemsOf(';', 251)).toEqual([
      '251 lines: split the file, or begin it with "// Over 250 lines because …"',
    ]);
  });

  it.each([
    '// Over 250 lines because it is one table.',
    "/* eslint max-lines: ['error', 300] -- It is one table. */",
    ';\n;\n;\n;\n// Over 250 lines because it is one table.',
  ])('has its reason in %j', (head) => {
    expect(problemsOf(head, 251)).toEqual([]);
  });

  it.each([
    '// Over 250 lines because',
    "/* eslint max-lines: ['error', 300] */",
    '// A table.',
    ';\n;\n;\n;\n;\n// Over 250 lines because it is one table.',
  ])('has none in %j', (head) => {
    expect(problemsOf(head, 251)).toHaveLength(1);
  });
});
