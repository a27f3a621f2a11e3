import { OptionsError, type OptionProblem } from '../../../../src/base/errors.ts';
import { readConfig } from '../../../../src/config/read-config.ts';

/** What one rule refuses in a configuration. */
export function problemsOf(id: string, config: unknown): readonly OptionProblem[] {
  try {
    readConfig(config);
    return [];
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    return error.problems.filter(({ rule }) => rule === id);
  }
}
