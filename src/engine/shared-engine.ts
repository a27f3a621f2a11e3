import type { Runtime } from '../runtime/runtime.ts';
import type { Engine } from './engine.ts';
import { selectEngine, type EngineKind } from './select-engine.ts';

/**
 * One engine for several services: made when the first of them starts, closed when the last has stopped, and
 * made again for the next start.
 */
export class SharedEngine {
  readonly #kind: EngineKind;
  readonly #runtime: Runtime;
  #users = 0;
  #engine: Engine | undefined = undefined;
  #reason = 'chosen at the start';

  constructor(kind: EngineKind, runtime: Runtime) {
    this.#kind = kind;
    this.#runtime = runtime;
  }

  /** `portable`, `linux`, …; before the first start, what was asked for. */
  get name(): string {
    return this.#engine?.name ?? this.#kind;
  }

  /** Why this engine was chosen. */
  get reason(): string {
    return this.#reason;
  }

  /** For a service that starts; it calls `release` when it has stopped. @throws OptionsError as `selectEngine` */
  acquire(): Engine {
    if (this.#engine === undefined) {
      const { engine, reason } = selectEngine(this.#kind, this.#runtime);
      this.#engine = engine;
      this.#reason = reason;
    }
    this.#users += 1;
    return this.#engine;
  }

  async release(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    const engine = this.#engine;
    this.#engine = undefined;
    await engine?.close();
  }
}
