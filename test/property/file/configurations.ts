import type { BalancerConfig } from '../../../src/config/balancer-config.ts';
import { isAccepted, rightConfigs } from '../config/configurations.ts';

/** Configurations with everything right, as JSON has them. */
export const configs = rightConfigs
  .map((config) => JSON.parse(JSON.stringify(config)) as BalancerConfig)
  .filter(isAccepted);
