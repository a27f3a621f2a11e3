import { OptionsError, type OptionProblem } from '../base/errors.ts';
import {
  resolveHealthCheckOptions,
  type HealthCheckOptions,
  type ResolvedHealthCheckOptions,
} from './health-check-options.ts';
import { ScheduledWatch, type HealthObserver, type HealthWatch, type WatchContext } from './health-watch.ts';
import type { Health } from '../model/server.ts';
import type { ProbeSubject } from './probe.ts';
import { isLiveProbe } from './probes/probe-specs.ts';

/**
 * How servers are checked: a probe, its schedule and its thresholds. Holds no state: one instance may be
 * shared by any number of services.
 */
export class HealthCheck {
  readonly options: ResolvedHealthCheckOptions;

  /** @throws OptionsError with every problem */
  constructor(options: HealthCheckOptions) {
    const problems: OptionProblem[] = [];
    const resolved = resolveHealthCheckOptions(options, 'healthCheck', problems);
    if (resolved === undefined || problems.length > 0) throw new OptionsError(problems);
    this.options = resolved;
  }

  /**
   * Begins to check one server. The caller owns the watch, and stops it.
   *
   * @param known what is known of it from before. @default 'unknown'
   */
  watch(subject: ProbeSubject, context: WatchContext, observer: HealthObserver, known?: Health): HealthWatch {
    return new ScheduledWatch(this.options, subject, context, observer, known);
  }
}

/**
 * Reads a health check from a configuration: a live one, its options, or `'none'` (also: absent).
 *
 * @returns undefined for none, and where a problem was added
 */
export function healthCheckFrom(
  value: unknown,
  path: string,
  problems: OptionProblem[],
): HealthCheck | undefined {
  if (value === undefined || value === 'none') return undefined;
  if (value instanceof HealthCheck) return value;
  if (isLiveProbe(value)) {
    const expected = 'a health check that has it, such as { probe: httpProbe() }';
    problems.push({ path, expected, actual: `a probe, '${value.kind}'` });
    return undefined;
  }
  const problemsBefore = problems.length;
  const resolved = resolveHealthCheckOptions(value, path, problems);
  return resolved === undefined || problems.length > problemsBefore ? undefined : new HealthCheck(resolved);
}
