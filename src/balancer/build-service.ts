import { isBalancingPolicy, type BalancingSpec } from '../balancing/balancing-specs.ts';
import type { ResolvedListenerConfig, ResolvedServiceConfig } from '../config/resolved-config.ts';
import type { EngineSource } from '../engine/engine-lease.ts';
import type { FactEmitter } from '../facts/fact-emitter.ts';
import type { ServiceEvents } from '../facts/service-events.ts';
import { BaseListener } from '../listener/base-listener.ts';
import type { PersistenceMaker } from '../persistence/make-persistence.ts';
import type { Persistence } from '../persistence/persistence.ts';
import { Pool } from '../pool/pool.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { Service } from '../service/service.ts';
import { LeadingPool } from '../workers/leading-pool.ts';
import { openInWorkers } from '../workers/workers-run.ts';
import type { Workers } from '../workers/workers.ts';

/** What all services of a balancer share. */
export interface BuildContext {
  readonly engine: EngineSource;
  readonly runtime: Runtime;
  readonly facts: FactEmitter<ServiceEvents>;
  /** Where sessions run; undefined for this thread. */
  readonly workers: Workers | undefined;
}

/** Makes the live objects of one service: its persistence, and each listener with a pool of its own. */
export function buildService(
  config: ResolvedServiceConfig,
  context: BuildContext,
  persistences: PersistenceMaker,
): Service {
  const { persistence, unnamed } = persistences.make(config.listeners[0].persistence);
  const listeners = config.listeners.map((listener) => buildListener(listener, persistence, context));
  return new Service(config, listeners, unnamed);
}

function buildListener(
  config: ResolvedListenerConfig,
  persistence: Persistence,
  { engine, runtime, facts, workers }: BuildContext,
): BaseListener {
  const common = { ...config, persistence, engine, runtime };
  if (workers === undefined) {
    return new BaseListener({ ...common, pool: new Pool(config.pool, runtime.random) }, facts);
  }
  const leading = new LeadingPool(workers.count);
  const pool = new Pool(config.pool, runtime.random, leading);
  const open = openInWorkers({ workers, pool: leading, balance: balanceInWorkers(config) });
  return new BaseListener({ ...common, pool }, facts, open);
}

/** @throws TypeError for a live policy, which the rules refuse */
function balanceInWorkers({ pool: { balance } }: ResolvedListenerConfig): BalancingSpec {
  if (isBalancingPolicy(balance)) throw new TypeError('a live policy cannot go to workers');
  return balance;
}
