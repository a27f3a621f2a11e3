import type { Edit } from './edit.ts';

/**
 * How grave it is:
 *
 * - `error`: it cannot work, and is refused
 * - `warning`: it runs, and does not do what it looks like
 * - `advice`: it does what it says, which may not be what was meant
 */
export type Severity = 'error' | 'warning' | 'advice';

/** What a rule finds in a configuration. Plain data, frozen throughout. */
export interface Finding {
  /** The id of the rule: `dup-check-kind`. */
  readonly rule: string;
  readonly severity: Severity;
  /** The names of the services that it concerns; the first one is where it is mended. */
  readonly services: readonly string[];
  /** The names of the servers that it concerns, where it is about some of them. */
  readonly servers: readonly string[];
  /** Where: `services[1].healthCheck.probe`. */
  readonly path: string;
  /** For people: what is there, and what to do. It names services and servers, so it can stand alone. */
  readonly message: string;
  /** Why it matters. The same for all findings of the rule. */
  readonly why: string;
  /** What mends it, to be done in order. Empty where people must decide. */
  readonly mend: readonly Edit[];
}
