import type { ResolvedServiceConfig } from '../config/resolved-config.ts';
import type { EngineSource } from '../engine/engine-lease.ts';
import type { FactEmitter } from '../facts/fact-emitter.ts';
import type { ServiceEvents } from '../facts/service-events.ts';
import { BaseListener } from '../listener/base-listener.ts';
import type { PersistenceMaker } from '../persistence/make-persistence.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { Service } from '../service/service.ts';
import type { Sharing } from '../share/leader/sharing.ts';

/** What all services of a balancer share. */
export interface BuildContext {
  readonly engine: EngineSource;
  readonly runtime: Runtime;
  readonly facts: FactEmitter<ServiceEvents>;
  readonly sharing: Sharing;
  readonly measuresDurations: boolean;
}

/**
 * Makes the live objects of one service: its persistence, and each listener with a pool of its own.
 *
 * @param predecessor the service in whose place it comes, if there is one: tables keep their entries
 */
export function buildService(
  config: ResolvedServiceConfig,
  { engine, runtime, facts, sharing, measuresDurations }: BuildContext,
  persistences: PersistenceMaker,
  predecessor?: Service,
): Service {
  const { persistence, tables } = persistences.make(config.listeners[0].persistence, predecessor?.tables);
  const listeners = config.listeners.map((listener) => {
    const { pool, open } = sharing.lead(listener, runtime);
    const made = new BaseListener({ ...listener, persistence, pool, engine, runtime }, facts, open);
    if (measuresDurations) made.measureDurations();
    return made;
  });
  return new Service(config, listeners, tables);
}
