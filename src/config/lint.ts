import type { Finding, Severity } from '../base/finding.ts';
import { OptionReader } from '../base/options.ts';
import { placeServices } from './placed-services.ts';
import { readValues } from './read-config.ts';
import type { ResolvedConfig } from './resolved-config.ts';
import { brokenRules, rules, smellsIn } from './rules.ts';

/** A rule, for people. */
export interface LintRule {
  readonly id: string;
  /** What becomes of its findings: an `error` is refused. */
  readonly severity: Severity;
  /** Why it matters, in one short paragraph. */
  readonly why: string;
}

/** Every rule, the gravest first. */
export const lintRules: readonly LintRule[] = Object.freeze(
  rules.map(({ id, severity, why }) => Object.freeze({ id, severity, why })),
);

/**
 * What rules find in a configuration, the gravest first: what is refused as `error`, and what is allowed and worth a
 * word as `warning` or `advice`. Makes nothing, and never throws. A value that is wrong by itself is no finding:
 * `readConfig` tells it, and nothing is said of what is allowed in its service.
 *
 * @param config as for `readConfig`
 */
export function lintConfig(config: unknown): readonly Finding[] {
  const reader = new OptionReader('', config);
  const subject = readValues(reader);
  return Object.freeze([...brokenRules(subject, reader.problems), ...smellsIn(subject, reader.problems)]);
}

/** What is worth a word in a configuration that was read and found right. */
export function findingsIn({ engine, workers, services }: ResolvedConfig): readonly Finding[] {
  return Object.freeze(smellsIn({ engine, workers, services: placeServices(services) }, []));
}
