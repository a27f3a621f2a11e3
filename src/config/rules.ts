import type { OptionProblem } from '../base/errors.ts';
import { clientFacts } from './rules/client-facts.ts';
import type { Rule, RuleSubject } from './rules/rule.ts';
import { selfForwarding } from './rules/self-forwarding.ts';
import { serverTwins } from './rules/server-twins.ts';
import { sharedTables } from './rules/shared-tables.ts';
import { uniqueNames } from './rules/unique-names.ts';
import { uniquePorts } from './rules/unique-ports.ts';
import { plainForWorkers } from './rules/workers.ts';

/** Every rule that a configuration is checked against, in the order they are told. */
export const rules: readonly Rule[] = [
  clientFacts,
  selfForwarding,
  serverTwins,
  sharedTables,
  uniqueNames,
  uniquePorts,
  plainForWorkers,
];

/** Adds what rules find. A value that is wrong by itself breaks no rule: it is a problem already. */
export function checkRules(subject: RuleSubject, problems: OptionProblem[]): void {
  const wrong = problems.map(({ path }) => path);
  for (const rule of rules) {
    rule.check(subject, (path, expected, actual) => {
      if (!wrong.some((other) => other.startsWith(path))) problems.push({ path, expected, actual });
    });
  }
}
