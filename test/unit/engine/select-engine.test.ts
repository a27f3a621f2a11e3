import { afterEach, describe, expect, it, vi } from 'vitest';
import { linuxProblem } from '../../../src/engine/linux/self-test.ts';
import { selectEngine, type EngineKind } from '../../../src/engine/select-engine.ts';
import { OptionsError } from '../../../src/base/errors.ts';
import { systemRuntime } from '../../../src/runtime/system-runtime.ts';

describe('selectEngine', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('takes the Linux engine for auto where it can be had, else the portable one, and says why', async () => {
    const problem = linuxProblem();
    const { engine, reason } = selectEngine('auto', systemRuntime);
    expect(engine.name).toBe(problem === undefined ? 'linux' : 'portable');
    expect(reason).toContain(problem ?? 'supports the Linux engine');
    await engine.close();
  });

  it('lets the environment decide for auto, and only for auto', async () => {
    vi.stubEnv('SLUICE_ENGINE', 'portable');
    expect(selectEngine('auto', systemRuntime)).toMatchObject({
      engine: { name: 'portable' },
      reason: 'requested by SLUICE_ENGINE',
    });
    vi.stubEnv('SLUICE_ENGINE', 'quantum');
    expect(() => selectEngine('auto', systemRuntime)).toThrow(/SLUICE_ENGINE.*quantum/);
    await selectEngine('portable', systemRuntime).engine.close();
  });

  it('takes the portable engine where it is asked for', () => {
    expect(selectEngine('portable', systemRuntime)).toMatchObject({
      engine: { name: 'portable' },
      reason: 'requested',
    });
  });

  it('takes the Linux engine where it is asked for and can be had, and refuses it elsewhere', async () => {
    const problem = linuxProblem();
    if (problem === undefined) {
      const { engine, reason } = selectEngine('linux', systemRuntime);
      expect(engine.name).toBe('linux');
      expect(reason).toMatch(/^requested(, without io_uring: .+)?$/);
      await engine.close();
    } else {
      expect(() => selectEngine('linux', systemRuntime)).toThrow(OptionsError);
      expect(() => selectEngine('linux', systemRuntime)).toThrow(problem);
    }
  });

  it('says why there is no io_uring', async () => {
    if (linuxProblem() !== undefined) return;
    vi.stubEnv('SLUICE_IO_URING', 'off');
    const { engine, reason } = selectEngine('linux', systemRuntime);
    expect(reason).toBe('requested, without io_uring: SLUICE_IO_URING is off');
    await engine.close();
  });

  it('leaves the thread to another copy of Sluice that has its event loop', async () => {
    const hadLinux = linuxProblem() === undefined;
    const owner = Symbol.for('sluice.event-loop');
    const thread = process as { [owner]?: symbol | undefined };
    thread[owner] = Symbol('another copy');
    try {
      const { engine, reason } = selectEngine('auto', systemRuntime);
      expect(engine.name).toBe('portable');
      if (hadLinux) expect(reason).toContain('another copy of Sluice');
      await engine.close();
      expect(() => selectEngine('linux', systemRuntime)).toThrow(OptionsError);
    } finally {
      thread[owner] = undefined;
    }
  });

  it('refuses an engine that there is not', () => {
    expect(() => selectEngine('windows' as EngineKind, systemRuntime)).toThrow(OptionsError);
    expect(() => selectEngine('windows' as EngineKind, systemRuntime)).toThrow(`'portable' or 'linux'`);
  });
});
