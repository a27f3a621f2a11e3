import type { OptionReader } from '../base/options.ts';
import type { Probe } from './probe.ts';
import { readProbe, type ProbeSpec, type ResolvedProbeSpec } from './probes/probe-specs.ts';

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

/** A health check as complete plain data. */
export interface ResolvedHealthCheckSpec extends Omit<ResolvedHealthCheckOptions, 'probe'> {
  readonly probe: ResolvedProbeSpec | Probe;
}

/** Reads the options of a health check from a reader that stands at them. */
export function readHealthCheckOptions(reader: OptionReader): ResolvedHealthCheckSpec {
  const defaults = healthCheckDefaults;
  const probe = readProbe(reader, 'probe');
  const intervalMs = reader.integer('intervalMs', { ...duration, default: defaults.intervalMs });
  const fastMs = Math.max(duration.min, Math.ceil(intervalMs / 2));
  const resolved = {
    probe,
    intervalMs,
    fastIntervalMs: reader.integer('fastIntervalMs', { ...duration, default: fastMs }),
    downIntervalMs: reader.integer('downIntervalMs', { ...duration, default: intervalMs }),
    timeoutMs: reader.integer('timeoutMs', { ...duration, default: defaults.timeoutMs }),
    rise: reader.integer('rise', { ...count, default: defaults.rise }),
    fall: reader.integer('fall', { ...count, default: defaults.fall }),
    startJitterMs: reader.integer('startJitterMs', { ...duration, min: 0, default: defaults.startJitterMs }),
    onDown: reader.oneOf('onDown', ['keep', 'abort'], { default: defaults.onDown }),
  };
  return Object.freeze(resolved);
}
