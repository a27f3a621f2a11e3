import type { OptionReader } from '../base/options.ts';

/** When a server that clients cannot connect to is left out for a while. */
export interface PassiveHealthOptions {
  /** Connect failures in a row, of any clients. 1 to 1000. @default 5, as Envoy's outlier detection */
  readonly failures?: number;
  /**
   * How long the first ejection takes, unless `rise` good health checks in a row end it before; each further one
   * takes twice as long, and twice as many checks. Milliseconds, 1 to 86,400,000.
   * @default 10_000
   */
  readonly ejectMs?: number;
  /**
   * The longest ejection. Milliseconds, `ejectMs` to 86,400,000.
   * @default 300_000, as Envoy's outlier detection
   */
  readonly maxEjectMs?: number;
  /**
   * The share of the servers that could serve new clients which may be out at once, 0 to 1; see `mayEject` for
   * rounding.
   * @default 0.5
   */
  readonly maxEjectedRatio?: number;
}

/** {@link PassiveHealthOptions}, complete. */
export type ResolvedPassiveHealthOptions = Required<PassiveHealthOptions>;

export const passiveHealthDefaults: ResolvedPassiveHealthOptions = Object.freeze({
  failures: 5,
  ejectMs: 10_000,
  maxEjectMs: 300_000,
  maxEjectedRatio: 0.5,
});

const longestMs = 86_400_000;

/**
 * Reads the options of passive health; absent means all defaults.
 *
 * @returns false where `false` turned passive health off
 */
export function readPassiveHealth(parent: OptionReader, key: string): ResolvedPassiveHealthOptions | false {
  if (parent.isWord(key, false)) return false;
  const defaults = passiveHealthDefaults;
  const reader = parent.child(key, { default: {} });
  const resolved = {
    failures: reader.integer('failures', { min: 1, max: 1000, default: defaults.failures }),
    ejectMs: reader.integer('ejectMs', { min: 1, max: longestMs, default: defaults.ejectMs }),
    maxEjectMs: reader.integer('maxEjectMs', { min: 1, max: longestMs, default: defaults.maxEjectMs }),
    maxEjectedRatio: reader.number('maxEjectedRatio', { min: 0, max: 1, default: defaults.maxEjectedRatio }),
  };
  if (resolved.ejectMs > resolved.maxEjectMs) {
    reader.problem('maxEjectMs', `at least ejectMs (${resolved.ejectMs})`);
  }
  reader.refuseUnknownKeys();
  return Object.freeze(resolved);
}
