import { expect, it } from 'vitest';
import { errorCatalogue } from '../../../src/base/errors.ts';
import { codeOf, Page } from './markdown.ts';

it('docs/errors.md lists every code, once, in the order of the catalogue', () => {
  const listed = new Page('docs/errors.md').rowsOf('Codes').map(([code = '']) => codeOf(code)[0]);
  expect(listed).toEqual(Object.keys(errorCatalogue));
});
