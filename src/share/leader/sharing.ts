import type { ResolvedListenerConfig } from '../../config/resolved-config.ts';
import type { Pool } from '../../pool/pool.ts';
import type { OpenRun } from '../../run/run.ts';
import type { Runtime } from '../../runtime/runtime.ts';

/** What leads one listener: its pool checks servers and takes orders, wherever sessions run. */
export interface Led {
  readonly pool: Pool;
  readonly open: OpenRun;
}

/**
 * Where the sessions of a balancer run. The balancer leads; where sessions run elsewhere, followers have copies of its
 * pools and tables, and do as it says.
 */
export interface Sharing {
  /** How many follow; 0 where sessions run beside the balancer. */
  readonly followers: number;
  /** For people, such as `in 4 workers`; undefined where there is nothing to say. */
  readonly about: string | undefined;
  /** Makes the pool of one listener, and what a start of it does. */
  lead(config: ResolvedListenerConfig, runtime: Runtime): Led;
}
