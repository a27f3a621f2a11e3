import type { Engine } from '../../../src/engine/engine.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';

/** Where a play takes place: the engine under test, and whatever clients and servers stand on. */
export interface Stage {
  /** Of the service under test. */
  readonly engine: Engine;
  /** Of clients and servers. */
  readonly ends: Engine;
  readonly runtime: Runtime;
  readonly serviceHost: string;
  readonly serverHost: string;
  /** Works after so many milliseconds; 0 for the next turn. */
  later(delayMs: number, work: () => void): void;
  /** Lets things happen until the condition holds. @returns whether it came to hold within the time */
  until(condition: () => boolean, limitMs: number): Promise<boolean>;
  close(): Promise<void>;
}
