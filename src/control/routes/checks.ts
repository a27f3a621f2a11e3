import { OptionsError, type OptionProblem } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import { lintConfig } from '../../config/lint.ts';
import type { PlainServiceConfig } from '../../config/plain-config.ts';
import { readConfig } from '../../config/read-config.ts';
import { answerRoute, type Route } from '../route.ts';
import { readConfiguration } from './answers.ts';
import { readCopy } from './orders.ts';

/** What a configuration would be refused for, and what lint finds in it. */
export interface ConfigCheck {
  readonly problems: readonly OptionProblem[];
  readonly findings: readonly Finding[];
}

/** The same of a copy that is not made yet. */
export interface CopyCheck extends ConfigCheck {
  /** With every option that it would have. */
  readonly copy: PlainServiceConfig;
  /** Before the paths of problems and findings that are about it: `services[5]`. */
  readonly path: string;
}

/** A copy shares the tables of its original, unless it states a persistence of its own. */
const sharedByCopies = 'dup-affinity-split';

/** Routes that say what would come of a configuration, for somebody who still writes it. */
export const checkRoutes: readonly Route[] = [
  answerRoute({
    path: '/v1/check',
    method: 'POST',
    summary: 'What a configuration would be refused for, and what is worth a word in it.',
    isQuestion: true,
    read: readConfiguration,
    answer: (_, configuration) => checkConfig(configuration),
  }),
  answerRoute({
    path: '/v1/duplicate/check',
    method: 'POST',
    summary: 'What `duplicate` would make, what it would be refused for, and what is worth a word in it.',
    isQuestion: true,
    read: readCopy,
    answer: ({ balancer }, { service, changes }): CopyCheck => {
      const { services } = balancer.config;
      const copy = balancer.copyOf(service, changes);
      const path = `services[${services.length}]`;
      const { problems, findings } = checkConfig({ services: [...services, copy] });
      const isShared = changes.persistence === undefined;
      return {
        ...{ copy, path },
        problems: problems.filter((problem) => problem.path.startsWith(path)),
        findings: findings.filter(
          (finding) => finding.services.includes(copy.name) && !(isShared && finding.rule === sharedByCopies),
        ),
      };
    },
  }),
];

function checkConfig(config: unknown): ConfigCheck {
  const findings = lintConfig(config);
  try {
    readConfig(config);
    return { problems: [], findings };
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    return { problems: error.problems, findings };
  }
}
