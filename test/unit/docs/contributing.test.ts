import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { codeOf, Page, projectPath } from './markdown.ts';

/** Rows of the recipes: files that there are, and what is to be changed in them. */
const changes = new Page('CONTRIBUTING.md').sections
  .flatMap(({ rows }) => rows)
  .map(([files = '', change = '']) => ({ files: codeOf(files), change: codeOf(change) }))
  .filter(({ files }) => files.some((file) => /^src\/[\w/.-]+\.ts$/u.test(file)));

describe('CONTRIBUTING.md', () => {
  it.each(changes.map(({ files, change }) => [files.join(', '), files, change] as const))(
    '%s: names what is there to be changed',
    (_, files, change) => {
      const code = files.map((file) => readFileSync(projectPath(file), 'utf8')).join('\n');
      expect(change.filter((name) => !code.includes(name))).toEqual([]);
    },
  );

  it('has rows to look at', () => {
    expect(changes.length).toBeGreaterThan(10);
  });
});
