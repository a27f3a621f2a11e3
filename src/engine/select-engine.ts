import { OptionsError } from '../errors.ts';
import { describe } from '../options.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Engine } from './engine.ts';
import { PortableEngine } from './portable/portable-engine.ts';

/** `auto` takes the fastest engine that works here; the others insist on one. */
export type EngineKind = 'auto' | 'portable' | 'linux';

/** An engine, and why it was this one. */
export interface SelectedEngine {
  readonly engine: Engine;
  readonly reason: string;
}

/**
 * Makes the engine that was asked for.
 *
 * @throws OptionsError where there is no such engine, or this version does not have it
 */
export function selectEngine(kind: EngineKind, runtime: Runtime): SelectedEngine {
  switch (kind) {
    case 'auto':
      return {
        engine: new PortableEngine(runtime),
        reason: 'the Linux engine is not part of this version',
      };
    case 'portable':
      return { engine: new PortableEngine(runtime), reason: 'asked for' };
    default:
      throw new OptionsError([
        {
          path: 'engine',
          expected: `'auto' or 'portable' (the Linux engine is not part of this version)`,
          actual: describe(kind),
        },
      ]);
  }
}
