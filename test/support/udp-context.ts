import type { Engine } from '../../src/engine/engine.ts';
import { FactEmitter } from '../../src/facts/fact-emitter.ts';
import type { ServerOptions } from '../../src/model/server.ts';
import type { Persistence } from '../../src/persistence/persistence.ts';
import type { PoolOptions } from '../../src/pool/pool-options.ts';
import { Pool } from '../../src/pool/pool.ts';
import { Selector } from '../../src/pool/selector.ts';
import type { Clock, Runtime } from '../../src/runtime/runtime.ts';
import type { PathContext } from '../../src/path/path-context.ts';
import type { ServiceEvents } from '../../src/facts/service-events.ts';
import { ExtensionFailures } from '../../src/pool/extension-failures.ts';
import { TrafficCounters } from '../../src/path/traffic-counters.ts';

/** What a UDP path under test works with. */
export interface UdpContextOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  /** The service's own port. */
  readonly port: number;
  readonly servers: readonly ServerOptions[];
  readonly pool?: Omit<PoolOptions, 'servers'>;
  /** @default none */
  readonly persistence?: Persistence;
}

/** A service on 127.0.0.1, as a listener would make it; its pool is attached. */
export function makeUdpContext(options: UdpContextOptions): PathContext {
  const service = 'CHECK';
  const runtime: Runtime = { clock: options.clock, random: () => 0.5, log: () => undefined };
  const facts = new FactEmitter<ServiceEvents>();
  const pool = new Pool({ ...options.pool, servers: options.servers }, runtime.random);
  const persistence = options.persistence ?? { name: 'none', strategies: [] };
  const failures = new ExtensionFailures(service, runtime, facts);
  const common = { service, host: '127.0.0.1', port: options.port, engine: options.engine, runtime, facts };
  pool.attach({ ...common, failures, onDown: () => undefined, onServersChanged: () => undefined });
  return {
    ...common,
    quickAck: false,
    pool,
    persistence,
    selector: new Selector(service, pool, persistence, runtime.clock, facts),
    counters: new TrafficCounters(),
    sessionEnded: () => undefined,
  };
}
