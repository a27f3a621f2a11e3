import type { OptionProblem } from '../../../../src/base/errors.ts';
import { OptionReader } from '../../../../src/base/options.ts';
import { readService } from '../../../../src/config/read-service.ts';
import type { RuleSubject } from '../../../../src/config/rules/rule.ts';
import { rules } from '../../../../src/config/rules.ts';

/** What one rule finds in a configuration. */
export function problemsOf(
  id: string,
  config: { readonly services: readonly object[]; readonly workers?: number; readonly engine?: unknown },
): readonly OptionProblem[] {
  const reader = new OptionReader('', config);
  const services = reader.list('services', {}, (elements, index) => {
    const element = elements.child(index);
    const service = readService(element);
    if (service === undefined) throw new TypeError('a service without a mode');
    return { service, at: (option: string) => element.at(option) };
  });
  const problems: OptionProblem[] = [];
  const engine = (config.engine ?? 'auto') as RuleSubject['engine'];
  rules
    .find((rule) => rule.id === id)
    ?.check({ engine, workers: config.workers ?? 0, services }, (path, expected, actual) => {
      problems.push({ path, expected, actual });
    });
  return problems;
}
