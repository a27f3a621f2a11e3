import type { JsonSchema } from '../../../src/base/option-schema.ts';
import type { BalancerConfig } from '../../../src/config/balancer-config.ts';
import { describeConfig, readConfig } from '../../../src/config/read-config.ts';
import { valueOf } from './schema-arbitrary.ts';

const schema = describeConfig();

/** Whatever the schema of configurations allows. */
export const anyConfig = valueOf(schema, schema['$defs'] as Readonly<Record<string, JsonSchema>>);

/** Configurations with everything right, on the engine that every machine has; workers are left out, which not every machine has. */
export const rightConfigs = anyConfig
  .map((value): BalancerConfig => ({ ...(value as BalancerConfig), engine: 'portable', workers: 0 }))
  .filter(isAccepted);

export function isAccepted(config: unknown): boolean {
  try {
    readConfig(config);
    return true;
  } catch {
    return false;
  }
}
