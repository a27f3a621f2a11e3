import { InvalidArgumentError, Option } from 'commander';
import { formatDuration, parseDuration } from '../base/quantities.ts';
import { isIpAddress } from '../model/address.ts';
import { metricsDefaults, type ResolvedMetricsOptions } from '../file/run-options.ts';

/** Reads a whole number within a range. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) {
      throw new InvalidArgumentError(`expected an integer from ${min} to ${max}, got '${text}'`);
    }
    return value;
  };
}

/** Reads `9464`, `10.0.0.5:9464` or `[::1]:9464`. A port alone is one of loopback. */
export function metricsAddress(text: string): ResolvedMetricsOptions {
  const [, host = metricsDefaults.host, port = ''] =
    /^(?:\[?([0-9a-fA-F.:]+?)\]?:)?(\d{1,5})$/u.exec(text) ?? [];
  if (isIpAddress(host) && port !== '' && Number(port) <= 65_535) return { host, port: Number(port) };
  throw new InvalidArgumentError(
    `expected a port, or an address and a port such as 10.0.0.5:9464, got '${text}'`,
  );
}

/** A flag with a duration, and the one that it has otherwise. */
export function timeOption(flags: string, description: string, defaultMs: number): Option {
  return new Option(flags, description).argParser(duration).default(defaultMs, formatDuration(defaultMs));
}

/** Reads a duration such as `90s`, `10m` or `1h30m`. @returns milliseconds */
export function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError(`expected a duration such as 90s, 10m or 1h30m, got '${text}'`);
}
