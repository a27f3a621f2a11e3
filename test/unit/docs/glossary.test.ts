import { describe, expect, it } from 'vitest';
import { codeOf, Page } from './markdown.ts';
import { exportedClasses, sourceFolders, sourceWords, wordsOf } from './source-files.ts';

/** The word and its meaning. What others call it, in the columns behind, is not ours. */
const entries = new Page('docs/glossary.md')
  .rowsOf('Glossary')
  .map(([word = '', meaning = '']) => ({ word, meaning }));
const words = entries.map(({ word }) => word.toLowerCase());
const code = entries.flatMap(({ word, meaning }) => codeOf(`${word} ${meaning}`));

const entryPoints = ['src/admin.ts', 'src/index.ts', 'src/testing.ts'];
const classes = entryPoints.flatMap(exportedClasses);
const folders = sourceFolders().map((name) => `${name}/`);

/** The noun of a class: `SnatUdpForwarder` is a "snat udp forwarder". */
function nounOf(name: string): string {
  return name.replaceAll(/\B[A-Z]/gu, (letter) => ` ${letter}`).toLowerCase();
}

describe('docs/glossary.md', () => {
  it('has each word once', () => {
    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
  });

  it('has the noun of every class that users get', () => {
    expect(classes.length).toBeGreaterThan(10);
    expect(classes.filter((name) => !words.includes(nounOf(name)))).toEqual([]);
  });

  it('says of every folder of src which word it is about', () => {
    expect(folders.length).toBeGreaterThan(20);
    expect(folders.filter((folder) => !code.includes(folder))).toEqual([]);
  });

  it('names in code only what there is in src', () => {
    const known = sourceWords();
    const unknown = code.filter((text) =>
      text.endsWith('/') ? !folders.includes(text) : !wordsOf(text).every((word) => known.has(word)),
    );
    expect(unknown).toEqual([]);
  });
});
