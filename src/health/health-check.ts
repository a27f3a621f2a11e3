import { OptionReader } from '../base/options.ts';
import {
  readHealthCheckOptions,
  type HealthCheckOptions,
  type ResolvedHealthCheckOptions,
  type ResolvedHealthCheckSpec,
} from './health-check-options.ts';
import { ScheduledWatch, type HealthObserver, type HealthWatch, type WatchContext } from './health-watch.ts';
import type { Health } from '../model/server.ts';
import type { ProbeSubject } from './probe.ts';
import { isLiveProbe, makeProbe } from './probes/probe-specs.ts';

/**
 * How servers are checked: a probe, its schedule and its thresholds. Holds no state: one instance may be
 * shared by any number of services.
 */
export class HealthCheck {
  readonly options: ResolvedHealthCheckOptions;

  /** @throws OptionsError with every problem */
  constructor(options: HealthCheckOptions | ResolvedHealthCheckSpec) {
    const reader = new OptionReader('healthCheck', options);
    const resolved = readHealthCheckOptions(reader);
    reader.finish();
    this.options = Object.freeze({ ...resolved, probe: makeProbe(resolved.probe) });
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
 * Reads a health check: a live one, its options, or `'none'` (also: absent).
 *
 * @returns undefined for none
 */
export function readHealthCheck(
  parent: OptionReader,
  key: string,
): ResolvedHealthCheckSpec | HealthCheck | undefined {
  const live = parent.live(key, isHealthCheck);
  if (live !== undefined) return live;
  if (parent.isWord(key, 'none')) return undefined;
  const probe = parent.live(key, isLiveProbe);
  if (probe === undefined) return parent.ifPresent(key, readNested);
  parent.problem(key, `a health check that has the probe, such as { probe: ${probe.kind}Probe() }`);
  return undefined;
}

function readNested(reader: OptionReader): ResolvedHealthCheckSpec {
  const spec = readHealthCheckOptions(reader);
  reader.refuseUnknownKeys();
  return spec;
}

/** The health check that complete data describes; a live one as it is. */
export function makeHealthCheck(spec: ResolvedHealthCheckSpec | HealthCheck): HealthCheck {
  return isHealthCheck(spec) ? spec : new HealthCheck(spec);
}

export function isHealthCheck(value: unknown): value is HealthCheck {
  return value instanceof HealthCheck;
}
