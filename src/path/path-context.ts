import type { Engine } from '../engine/engine.ts';
import type { FactEmitter } from '../facts/fact-emitter.ts';
import type { Persistence } from '../persistence/persistence.ts';
import type { Pool } from '../pool/pool.ts';
import type { Selector } from '../pool/selector.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { ServiceEvents } from '../facts/service-events.ts';
import type { TrafficCounters } from './traffic-counters.ts';

/** What the data path of one started listener works with. Made by the listener; lives from start to stop. */
export interface PathContext {
  readonly service: string;
  readonly engine: Engine;
  /** For connections to servers. */
  readonly quickAck: boolean;
  readonly runtime: Runtime;
  readonly facts: FactEmitter<ServiceEvents>;
  readonly pool: Pool;
  /** Its strategies never throw. */
  readonly persistence: Persistence;
  readonly selector: Selector;
  readonly counters: TrafficCounters;
  /** The listener's own address and port. */
  readonly host: string;
  readonly port: number;
  /** For the data path to call when a client connection has ended: the listener may take the next one. */
  readonly sessionEnded: () => void;
}
