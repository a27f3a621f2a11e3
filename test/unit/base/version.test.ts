import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { version } from '../../../src/base/version.ts';

it('is that of the package', () => {
  const file = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  expect(version).toBe((JSON.parse(file) as { version: string }).version);
});
