import { describe, expect, it } from 'vitest';
import { OptionsError, type OptionProblem } from '../../../src/base/errors.ts';
import { HealthCheck, healthCheckFrom } from '../../../src/health/health-check.ts';
import { healthCheckDefaults, type HealthCheckOptions } from '../../../src/health/health-check-options.ts';
import { connectProbe } from '../../../src/health/probes/connect-probe.ts';

describe('HealthCheck', () => {
  it('fills in the defaults, and freezes them', () => {
    const { options } = new HealthCheck({ probe: connectProbe() });
    expect(options).toMatchObject({ ...healthCheckDefaults, fastIntervalMs: 1000, downIntervalMs: 2000 });
    expect(options.probe.kind).toBe('connect');
    expect(Object.isFrozen(options)).toBe(true);
  });

  it('derives the fast and down intervals from the interval', () => {
    const { options } = new HealthCheck({ probe: { kind: 'connect' }, intervalMs: 501 });
    expect([options.fastIntervalMs, options.downIntervalMs]).toEqual([251, 501]);
    expect(new HealthCheck({ probe: { kind: 'connect' }, intervalMs: 10 }).options.fastIntervalMs).toBe(10);
  });

  it('throws with every problem', () => {
    const wrong = { probe: { kind: 'conect' }, intervalMs: 0, fall: 1.5, onDown: 'reset', riseMs: 2 };
    let caught: unknown;
    try {
      new HealthCheck(wrong as unknown as HealthCheckOptions);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(OptionsError);
    expect((caught as OptionsError).problems.map(({ path }) => path)).toEqual([
      'healthCheck.probe.kind',
      'healthCheck.intervalMs',
      'healthCheck.fall',
      'healthCheck.onDown',
      'healthCheck',
    ]);
  });

  it('wants a probe', () => {
    expect(() => new HealthCheck({} as HealthCheckOptions)).toThrow(/healthCheck\.probe: expected an object/);
  });
});

describe('healthCheckFrom', () => {
  it('passes a live one through, and makes one of plain options', () => {
    const live = new HealthCheck({ probe: connectProbe() });
    const problems: OptionProblem[] = [];
    expect(healthCheckFrom(live, 'check', problems)).toBe(live);
    const made = healthCheckFrom({ probe: { kind: 'connect' }, fall: 5 }, 'check', problems);
    expect(made?.options.fall).toBe(5);
    expect(problems).toEqual([]);
  });

  it.each([undefined, 'none'])('is none for %s', (value) => {
    const problems: OptionProblem[] = [];
    expect(healthCheckFrom(value, 'check', problems)).toBeUndefined();
    expect(problems).toEqual([]);
  });

  it('adds to the problems of its caller instead of throwing', () => {
    const problems: OptionProblem[] = [{ path: 'before', expected: 'x', actual: 'y' }];
    expect(healthCheckFrom({ probe: { kind: 'connect', port: 0 } }, 'check', problems)).toBeUndefined();
    expect(healthCheckFrom('yes', 'other', problems)).toBeUndefined();
    expect(problems.slice(0, 3).map(({ path }) => path)).toEqual(['before', 'check.probe.port', 'other']);
  });
});
