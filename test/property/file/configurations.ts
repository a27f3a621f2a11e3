import type { JsonSchema } from '../../../src/base/option-schema.ts';
import type { BalancerConfig } from '../../../src/config/balancer-config.ts';
import { describeConfig, readConfig } from '../../../src/config/read-config.ts';
import { valueOf } from '../config/schema-arbitrary.ts';

const schema = describeConfig();

/** Configurations with everything right, on the engine that every machine has; as JSON has them. */
export const configs = valueOf(schema, schema['$defs'] as Readonly<Record<string, JsonSchema>>)
  .map((value) => ({ ...(value as BalancerConfig), engine: 'portable', workers: 0 }))
  .map((config) => JSON.parse(JSON.stringify(config)) as BalancerConfig)
  .filter(isRight);

function isRight(config: BalancerConfig): boolean {
  try {
    readConfig(config);
    return true;
  } catch {
    return false;
  }
}
