import type { EngineSource } from '../engine/engine-lease.ts';
import type { Persistence } from '../persistence/persistence.ts';
import type { Pool } from '../pool/pool.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { ResolvedListenerConfig } from './resolved-config.ts';

/** Complete options of a listener, with live objects in place of specs. */
export interface ResolvedListenerOptions extends Omit<ResolvedListenerConfig, 'pool' | 'persistence'> {
  readonly pool: Pool;
  readonly persistence: Persistence;
  readonly engine: EngineSource;
  readonly runtime: Runtime;
}
