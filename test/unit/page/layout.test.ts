import { describe, expect, it } from 'vitest';
import { densityOf, leastWidth } from '../../../page/site/density.ts';
import { shortNames } from '../../../page/site/short-names.ts';

describe('the density of the matrix', () => {
  it.each([
    ['five by four on a desk', 944, 4, 'roomy'],
    ['beside a panel', 616, 4, 'compact'],
    ['on a phone', 366, 4, 'compact'],
    ['twenty servers', 1232, 20, 'tiny'],
    ['nine servers on a phone', 366, 9, 'tiny'],
  ] as const)('%s', (_, width, servers, density) => {
    expect(densityOf(width, servers)).toBe(density);
  });

  it('never makes a column narrower than a sign and a count', () => {
    expect(leastWidth('tiny', 20)).toBe(150 + 20 * 52);
    expect(leastWidth('roomy', 4)).toBe(0);
  });
});

describe('short names', () => {
  const rests = (names: readonly string[], isShortest: boolean): readonly string[] =>
    shortNames(names, isShortest).map(({ rest }) => rest);

  it.each([
    [['INF_PACS1', 'INF_PACS2'], false, ['PACS1', 'PACS2']],
    [['INF_PACS1', 'INF_PACS12'], true, ['1', '12']],
    [['INF_PACS10', 'INF_PACS12'], true, ['10', '12']],
    [['alpha', 'beta'], true, ['alpha', 'beta']],
    [['INF_PACS1'], true, ['INF_PACS1']],
    [['pacs', 'pacs-2'], true, ['pacs', 'pacs-2']],
  ] as const)('%j', (names, isShortest, shown) => {
    expect(rests(names, isShortest)).toEqual(shown);
    expect(shortNames(names, isShortest).map(({ prefix, rest }) => prefix + rest)).toEqual(names);
  });
});
