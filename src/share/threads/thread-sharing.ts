import { isBalancingPolicy, type BalancingSpec } from '../../balancing/balancing-specs.ts';
import type { ResolvedListenerConfig } from '../../config/resolved-config.ts';
import type { FactEmitter } from '../../facts/fact-emitter.ts';
import type { ServiceEvents } from '../../facts/service-events.ts';
import { Pool } from '../../pool/pool.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Led, Sharing } from '../leader/sharing.ts';
import { LeadingPool } from './leading-pool.ts';
import { openInWorkers } from './workers-run.ts';
import { Workers } from './workers.ts';

/** Followers are worker threads of this process. */
export class ThreadSharing implements Sharing {
  readonly #workers: Workers;

  /** @param count at least 1 */
  constructor(count: number, runtime: Runtime, facts: FactEmitter<ServiceEvents>) {
    this.#workers = new Workers(count, runtime, facts);
  }

  get followers(): number {
    return this.#workers.count;
  }

  get about(): string {
    return `in ${this.#workers.count} workers`;
  }

  lead(config: ResolvedListenerConfig, { random }: Runtime): Led {
    const leading = new LeadingPool(this.#workers.count);
    const leader = { workers: this.#workers, pool: leading, balance: balanceOf(config) };
    return { pool: new Pool(config.pool, random, leading), open: openInWorkers(leader) };
  }
}

/** @throws TypeError for a live policy, which the rules refuse */
function balanceOf({ pool: { balance } }: ResolvedListenerConfig): BalancingSpec {
  if (isBalancingPolicy(balance)) throw new TypeError('workers cannot use a live policy');
  return balance;
}
