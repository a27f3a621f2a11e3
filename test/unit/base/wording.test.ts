import { expect, it } from 'vitest';
import { listed } from '../../../src/base/wording.ts';

it.each([
  [[], ''],
  [['A'], 'A'],
  [['A', 'B'], 'A and B'],
  [['A', 'B', 'C', 'D'], 'A, B, C and D'],
  [['A', 'B', 'C', 'D', 'E'], 'A, B, C and 2 more'],
])('lists %j as "%s"', (names, text) => {
  expect(listed(names)).toBe(text);
});
