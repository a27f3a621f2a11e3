import type { OptionProblem } from '../base/errors.ts';
import { OptionReader } from '../base/options.ts';
import type { Probe } from './probe.ts';
import { probeFrom, type ProbeSpec } from './probes/probe-specs.ts';

/** How servers are checked. */
export interface HealthCheckOptions {
  /** What one check is: a probe (`connectProbe()`, `httpProbe()`, an own one) or a plain spec of one. */
  readonly probe: Probe | ProbeSpec;
  /** From the start of one probe to the start of the next. Milliseconds, 10 to 86,400,000. @default 2000 */
  readonly intervalMs?: number;
  /**
   * The same, while health is unknown or has begun to turn, or while the server is ejected.
   * @default half of `intervalMs`, rounded up
   */
  readonly fastIntervalMs?: number;
  /** The same while the server is down. @default `intervalMs` */
  readonly downIntervalMs?: number;
  /** How long one probe may take, milliseconds. 10 to 86,400,000. @default 2000 */
  readonly timeoutMs?: number;
  /** Successes in a row that take a server up. 1 to 100. @default 2 */
  readonly rise?: number;
  /** Failures in a row that take a server down. 1 to 100. @default 3 */
  readonly fall?: number;
  /**
   * The first probe comes at random within this time, so that not all come at once. Milliseconds, 0 to
   * 86,400,000.
   * @default 200
   */
  readonly startJitterMs?: number;
  /**
   * What becomes of the sessions of a server that goes down: they go on, or are reset so that their clients
   * come back to another server at once.
   * @default 'keep'
   */
  readonly onDown?: 'keep' | 'abort';
}

/** {@link HealthCheckOptions}, complete. */
export interface ResolvedHealthCheckOptions extends Required<HealthCheckOptions> {
  readonly probe: Probe;
}

/** Interval, time limit, rise and fall are HAProxy's defaults (`inter 2s`, `rise 2`, `fall 3`). */
export const healthCheckDefaults = Object.freeze({
  intervalMs: 2000,
  timeoutMs: 2000,
  rise: 2,
  fall: 3,
  startJitterMs: 200,
  onDown: 'keep' as const,
});

const duration = { min: 10, max: 86_400_000 };
const count = { min: 1, max: 100 };

/** Reads the options of a health check. What it returns is right only where no problem was added. */
export function resolveHealthCheckOptions(
  value: unknown,
  path: string,
  problems: OptionProblem[],
): ResolvedHealthCheckOptions | undefined {
  const defaults = healthCheckDefaults;
  const reader = new OptionReader(path, value, problems);
  const probe = probeFrom(reader.raw('probe'), reader.at('probe'), problems);
  const intervalMs = reader.integer('intervalMs', { ...duration, default: defaults.intervalMs });
  const fastMs = Math.max(duration.min, Math.ceil(intervalMs / 2));
  const resolved = {
    intervalMs,
    fastIntervalMs: reader.integer('fastIntervalMs', { ...duration, default: fastMs }),
    downIntervalMs: reader.integer('downIntervalMs', { ...duration, default: intervalMs }),
    timeoutMs: reader.integer('timeoutMs', { ...duration, default: defaults.timeoutMs }),
    rise: reader.integer('rise', { ...count, default: defaults.rise }),
    fall: reader.integer('fall', { ...count, default: defaults.fall }),
    startJitterMs: reader.integer('startJitterMs', { ...duration, min: 0, default: defaults.startJitterMs }),
    onDown: reader.oneOf('onDown', ['keep', 'abort'], { default: defaults.onDown }),
  };
  reader.refuseUnknownKeys();
  return probe === undefined ? undefined : Object.freeze({ probe, ...resolved });
}
