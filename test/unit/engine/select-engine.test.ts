import { describe, expect, it } from 'vitest';
import { selectEngine, type EngineKind } from '../../../src/engine/select-engine.ts';
import { OptionsError } from '../../../src/errors.ts';
import { systemRuntime } from '../../../src/runtime/system-runtime.ts';

describe('selectEngine', () => {
  it('takes the portable engine for auto, and says why', () => {
    const { engine, reason } = selectEngine('auto', systemRuntime);
    expect(engine.name).toBe('portable');
    expect(reason).toContain('Linux engine');
  });

  it('takes the portable engine where it is asked for', () => {
    expect(selectEngine('portable', systemRuntime)).toMatchObject({
      engine: { name: 'portable' },
      reason: 'asked for',
    });
  });

  it.each(['linux', 'windows'])('refuses %s as an option that is wrong', (kind) => {
    expect(() => selectEngine(kind as EngineKind, systemRuntime)).toThrow(OptionsError);
    expect(() => selectEngine(kind as EngineKind, systemRuntime)).toThrow(`'auto' or 'portable'`);
  });
});
