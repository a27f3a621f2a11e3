import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lintConfig, lintRules } from '../../../../src/config/lint.ts';
import { withEdit } from '../../../../src/base/edit.ts';
import { readConfig } from '../../../../src/config/read-config.ts';
import { rules } from '../../../../src/config/rules.ts';
import { projectPath } from '../../docs/markdown.ts';
import type { FiringCase, PassingCase, RuleCases } from './rule-cases.ts';

function namesIn(folder: string): readonly string[] {
  return readdirSync(projectPath(folder)).map((file) => basename(file, '.ts'));
}

const ids = namesIn('src/config/rules');
const casesById = await Promise.all(
  ids.map(async (id) => [id, ((await import(`./cases/${id}.ts`)) as { cases: RuleCases }).cases] as const),
);

function configOf({ services, workers = 0 }: PassingCase): object {
  return { services, workers };
}

describe('the folder of rules', () => {
  it('has a file for each rule, by its id', () => {
    expect(rules.map(({ id }) => id).sort()).toEqual([...ids].sort());
  });

  it('has cases for each', () => {
    expect([...namesIn('test/unit/config/rules/cases')].sort()).toEqual([...ids].sort());
  });

  it('is told from the gravest rule on', () => {
    const grades = ['error', 'warning', 'advice'];
    const order = lintRules.map(({ severity }) => grades.indexOf(severity));
    expect(order).toEqual([...order].sort());
    expect(lintRules.map(({ id }) => id)).toEqual(rules.map(({ id }) => id));
  });

  it.each(lintRules.map((rule) => [rule.id, rule.why]))(
    'says why %s matters, in one short paragraph',
    (_, why) => {
      expect(why).toMatch(/^[A-Z`'][^\n]{60,500}\.$/u);
    },
  );
});

describe.each(casesById)('rule %s', (id, { fires, passes }) => {
  it.each(fires.map((one) => [one.what, one] as const))('finds %s', (_, one: FiringCase) => {
    const findings = lintConfig(configOf(one));
    expect(findings.map(({ rule }) => rule)).toEqual([id]);
    const { severity, why } = lintRules.find((rule) => rule.id === id)!;
    expect(findings[0]).toMatchObject({ rule: id, severity, why, ...one.finds });
  });

  it.each(fires.map((one) => [one.what, one] as const))(
    'is satisfied once %s is mended',
    (_, one: FiringCase) => {
      const [finding] = lintConfig(configOf(one));
      if (finding?.mend.length === 0) return;
      const mended = finding?.mend.reduce(withEdit, configOf(one));
      expect(lintConfig(mended)).toEqual([]);
      expect(readConfig(mended).services).toHaveLength(one.services.length);
    },
  );

  it.each(passes.map((one) => [one.what, one] as const))('has nothing against %s', (_, one: PassingCase) => {
    expect(lintConfig(configOf(one))).toEqual([]);
    expect(readConfig(configOf(one)).services).toHaveLength(one.services.length);
  });
});
