import type { Engine } from '../engine/engine.ts';
import type { FactEmitter } from '../facts/fact-emitter.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { Server } from '../model/server.ts';
import type { Persistence } from '../persistence/persistence.ts';
import type { Pool } from '../pool/pool.ts';
import { Selector } from '../pool/selector.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { ExtensionFailures, reportFailures } from '../pool/extension-failures.ts';
import type { PathContext } from '../path/path-context.ts';
import type { ServiceEvents } from '../facts/service-events.ts';
import type { TrafficCounters } from '../path/traffic-counters.ts';

/** What a context is made from. */
export interface ContextParts {
  readonly options: {
    readonly name: string;
    readonly pool: Pool;
    readonly persistence: Persistence;
    readonly runtime: Runtime;
  };
  /** Where the listener is really bound. */
  readonly bound: Endpoint;
  readonly engine: Engine;
  readonly quickAck: boolean;
  readonly facts: FactEmitter<ServiceEvents>;
  readonly counters: TrafficCounters;
  readonly sessionEnded: () => void;
  /** A server went down whose check says `onDown: 'abort'`. */
  abortServer(server: Server): void;
}

/**
 * Joins pool, persistence and selection for one run of a listener, and starts the checks.
 *
 * @throws SluiceError `SLUICE_ERR_STATE` where the pool serves another listener
 */
export function openContext(parts: ContextParts): PathContext {
  const { options, bound, engine, quickAck, facts, counters, sessionEnded } = parts;
  const { name: service, pool, runtime } = options;
  const failures = new ExtensionFailures(service, runtime, facts);
  const persistence = reportFailures(options.persistence, failures);
  const selector = new Selector(service, pool, persistence, runtime.clock, facts);
  const { host, port } = bound;
  const abortsOnDown = pool.options.healthCheck?.options.onDown === 'abort';
  pool.attach({
    service,
    host,
    port,
    engine,
    runtime,
    facts,
    failures,
    onDown: (server) => {
      if (abortsOnDown) parts.abortServer(server);
    },
    onServersChanged: (names) => {
      for (const strategy of persistence.strategies) strategy.register?.(names);
    },
    onDetach: () => {
      selector.close();
    },
  });
  return {
    service,
    host,
    port,
    engine,
    quickAck,
    runtime,
    facts,
    pool,
    persistence,
    selector,
    counters,
    sessionEnded,
  };
}
