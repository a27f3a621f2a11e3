import type { JsonSchema } from '../base/option-schema.ts';
import { OptionReader } from '../base/options.ts';
import type { BalancerConfig } from '../config/balancer-config.ts';
import { describeOptions, finishConfig, readValues } from '../config/read-config.ts';
import type { ResolvedConfig } from '../config/resolved-config.ts';
import type { RuleSubject } from '../config/rule.ts';
import { readRunOptions, type ResolvedRunOptions, type RunOptions } from './run-options.ts';
import { checkRunOptions } from './run-rules.ts';

/** All that a configuration file states, with variables, units and secrets put in. */
export interface StatedOptions {
  /** The configuration, as `new Balancer` and `apply` take it. */
  readonly value: BalancerConfig;
  readonly config: ResolvedConfig;
  /** What `sluice run` does beside. */
  readonly run: ResolvedRunOptions;
}

/**
 * Reads all that a configuration file states. Makes nothing.
 *
 * @param folder what relative paths begin at
 * @throws OptionsError with every problem
 */
export function readStatedOptions(value: unknown, folder: string): StatedOptions {
  const reader = new OptionReader('', value);
  const { values, run } = readAll(reader, folder);
  const config = finishConfig(reader, values);
  const { control, snapshotFile, accessLog, metrics, reloadGraceMs, admin, ...others } =
    value as BalancerConfig & RunOptions;
  return { value: others, config, run };
}

/** The same as a JSON Schema, without what a file may have in place of values. */
export function describeStatedOptions(): JsonSchema {
  return describeOptions((reader) => readAll(reader, '/'));
}

function readAll(
  reader: OptionReader,
  folder: string,
): { readonly values: RuleSubject; readonly run: ResolvedRunOptions } {
  const values = readValues(reader);
  const run = readRunOptions(reader, folder);
  checkRunOptions(run, values.services, reader);
  return { values, run };
}
