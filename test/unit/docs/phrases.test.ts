import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { allPages, projectPath } from './markdown.ts';
import { sourceFiles } from './source-files.ts';

/** Each of them makes a sentence that one reads twice. */
const windingPhrases = /\b(?:whoever|is no more|to be had|by which)\b/giu;

it.each([...sourceFiles(), ...allPages().map(({ file }) => file)])('%s speaks plainly', (file) => {
  expect(readFileSync(projectPath(file), 'utf8').match(windingPhrases)).toBeNull();
});
