import { expect, it } from 'vitest';
import { lintRules } from '../../../src/config/lint.ts';
import type { RuleCases } from '../config/rules/rule-cases.ts';
import { codeOf, Page } from './markdown.ts';

const rows = new Page('docs/lint.md').rowsOf('Rules');

it('docs/lint.md lists every rule, once, in the order of the code', () => {
  const listed = rows.map(([id = '', severity]) => [codeOf(id)[0], severity]);
  expect(listed).toEqual(lintRules.map(({ id, severity }) => [id, severity]));
});

it.each(rows.map(([id = '', , , isMended]) => [codeOf(id)[0] ?? '', isMended]))(
  'docs/lint.md says whether a finding of %s can be mended',
  async (id, isMended) => {
    const { cases } = (await import(`../config/rules/cases/${id}.ts`)) as { cases: RuleCases };
    const hasMend = cases.fires.some(({ finds }) => finds.mend !== undefined && finds.mend.length > 0);
    expect(isMended).toBe(hasMend ? 'yes' : 'no');
  },
);
