import type { EngineSource } from '../../engine/engine-lease.ts';
import type { ResolvedServiceConfig } from '../resolved-config.ts';

/** A service that a rule looks at, and where its options stand. */
export interface PlacedService {
  readonly service: ResolvedServiceConfig;
  /** The path of an option: `services[1].port`. */
  readonly at: (option: string) => string;
}

/** What rules look at. What was read wrong is left out, or undefined. */
export interface RuleSubject {
  readonly engine: EngineSource;
  /** In how many workers the services run, or would run. */
  readonly workers: number;
  readonly services: readonly PlacedService[];
}

/** Tells what is wrong, as the fields of an `OptionProblem`. */
export type Report = (path: string, expected: string, actual: string) => void;

/** What must hold of values that are right each by itself. Pure. */
export interface Rule {
  /** Stable, for people and programs. */
  readonly id: string;
  /** A configuration that breaks it is refused. */
  readonly severity: 'error';
  check(subject: RuleSubject, report: Report): void;
}
