import type { Engine } from '../engine/engine.ts';
import type { FactEmitter } from '../facts/fact-emitter.ts';
import type { Server } from '../model/server.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { ExtensionFailures } from './extension-failures.ts';
import type { ServiceEvents } from '../facts/service-events.ts';

/** What a pool needs of the listener that it serves. */
export interface PoolContext {
  readonly service: string;
  /** The listener's own address and port; servers without a port are reached on the latter. */
  readonly host: string;
  readonly port: number;
  readonly engine: Engine;
  readonly runtime: Runtime;
  readonly facts: FactEmitter<ServiceEvents>;
  /** Where failures of the balancing policy are told. */
  readonly failures: ExtensionFailures;
  /** The server went down: a data path may have sessions to cut. */
  onDown(server: Server): void;
  /** The set of names changed: persistence may want to know them. */
  onServersChanged(names: readonly string[]): void;
  /** The run is over. */
  onDetach?(): void;
}
