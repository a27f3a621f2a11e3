import type { Engine } from './engine.ts';
import { selectEngine, type EngineKind } from './select-engine.ts';
import { SharedEngine } from './shared-engine.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** What a listener may be given as its engine: one of its own by name, a shared one, or a live one. */
export type EngineSource = EngineKind | SharedEngine | Engine;

/** An engine for the time of a run. */
export interface EngineLease {
  readonly engine: Engine;
  /** Closes the engine if it was made for this lease; a live one that was passed in is its owner's to close. */
  release(): Promise<void>;
}

/** Takes the engine that was passed in, or makes the one that was named. */
export function leaseEngine(source: EngineSource, runtime: Runtime): EngineLease {
  if (source instanceof SharedEngine) return { engine: source.acquire(), release: () => source.release() };
  if (typeof source !== 'string') return { engine: source, release: () => Promise.resolve() };
  const { engine } = selectEngine(source, runtime);
  return { engine, release: () => engine.close() };
}
