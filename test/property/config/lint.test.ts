import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/base/finding.ts';
import { lintConfig, lintRules } from '../../../src/config/lint.ts';
import { withEdit } from '../../../src/base/edit.ts';
import { mendConfig } from '../../../src/config/mend.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import { anyConfig, isAccepted } from './configurations.ts';
import { curiousConfig } from './lint-arbitrary.ts';
import { change, changed } from './schema-arbitrary.ts';

/** What tells a finding from others, wherever it stands. */
function keyOf({ rule, message }: Finding): string {
  return `${rule}: ${message}`;
}

describe('lint', () => {
  it('never throws, whatever a configuration states', () => {
    fc.assert(
      fc.property(anyConfig, change, (value, what) => {
        for (const config of [value, changed(value, what)]) {
          expect(() => lintConfig(config)).not.toThrow();
        }
      }),
      { numRuns: 800 },
    );
  });

  it('finds errors where a configuration is refused, and only there', () => {
    fc.assert(
      fc.property(curiousConfig, (config) => {
        const hasErrors = lintConfig(config).some(({ severity }) => severity === 'error');
        expect(hasErrors).toBe(!isAccepted(config));
      }),
      { numRuns: 800 },
    );
  });

  it('has mends that answer their finding, and leave what is accepted acceptable', () => {
    const [seen, mended] = [new Set<string>(), new Set<string>()];
    fc.assert(
      fc.property(curiousConfig, (config) => {
        const isRight = isAccepted(config);
        for (const finding of lintConfig(config)) {
          seen.add(finding.rule);
          if (finding.mend.length === 0) continue;
          mended.add(finding.rule);
          const result = finding.mend.reduce<unknown>(withEdit, config);
          expect(lintConfig(result).map(keyOf)).not.toContain(keyOf(finding));
          if (isRight) expect(() => readConfig(result)).not.toThrow();
        }
      }),
      { numRuns: 2000 },
    );
    const found = lintRules.filter(({ severity }) => severity !== 'error').map(({ id }) => id);
    expect(found.filter((id) => !seen.has(id))).toEqual([]);
    expect(mended.size).toBeGreaterThan(12);
  });

  it('has nothing left to mend in what was mended', () => {
    fc.assert(
      fc.property(curiousConfig, (config) => {
        const { config: result } = mendConfig(config);
        expect(lintConfig(result).filter(({ mend }) => mend.length > 0)).toEqual([]);
        if (isAccepted(config)) expect(() => readConfig(result)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});
