import type { Edit } from '../base/edit.ts';
import type { EngineSource } from '../engine/engine-lease.ts';
import type { ResolvedServiceConfig } from './resolved-config.ts';

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

/** Where something is that a rule has found; see `Finding`. */
interface Place {
  readonly path: string;
  /** @default none: it is about the whole configuration */
  readonly services?: readonly string[];
  readonly servers?: readonly string[];
  readonly mend?: readonly Edit[];
}

/** What cannot work, as an `OptionProblem` tells it. */
export interface Fault extends Place {
  readonly expected: string;
  readonly actual: string;
}

/** What works, and is probably not meant so. */
export interface Smell extends Place {
  readonly message: string;
}

interface RuleOf<Severity, Found> {
  /** Stable, for people and programs; the name of its file. */
  readonly id: string;
  readonly severity: Severity;
  /** Why it matters, in one short paragraph for people. */
  readonly why: string;
  /** Reports what it finds. Pure. */
  check(subject: RuleSubject, report: (found: Found) => void): void;
}

/** What must hold of values that are right each by itself: a configuration that breaks it is refused. */
export type StrictRule = RuleOf<'error', Fault>;

/**
 * What is worth a word though it is allowed. It is asked only of services whose values are right each by itself; they
 * may be refused by strict rules.
 */
export type SmellRule = RuleOf<'warning' | 'advice', Smell>;

export type Rule = StrictRule | SmellRule;
