import { describe, expect, it } from 'vitest';
import { OptionsError } from '../../../src/base/errors.ts';
import { HealthCheck, makeHealthCheck, readHealthCheck } from '../../../src/health/health-check.ts';
import { healthCheckDefaults, type HealthCheckOptions } from '../../../src/health/health-check-options.ts';
import { connectProbe } from '../../../src/health/probes/connect-probe.ts';
import { readOption } from '../../support/read-option.ts';

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
    expect(() => new HealthCheck({} as HealthCheckOptions)).toThrow(
      /healthCheck\.probe: expected a probe spec/,
    );
  });
});

describe('readHealthCheck', () => {
  it('leaves a live one as it is, and reads plain options, of which one is made', () => {
    const live = new HealthCheck({ probe: connectProbe() });
    expect(readOption(readHealthCheck, live)).toMatchObject({ value: live, problems: [] });
    expect(makeHealthCheck(live)).toBe(live);
    const { value, problems } = readOption(readHealthCheck, { probe: { kind: 'connect' }, fall: 5 });
    expect(value).toMatchObject({ probe: { kind: 'connect' }, fall: 5, rise: 2 });
    expect(value && makeHealthCheck(value).options.fall).toBe(5);
    expect(problems).toEqual([]);
  });

  it.each([undefined, 'none'])('is none for %s', (value) => {
    expect(readOption(readHealthCheck, value)).toMatchObject({ value: undefined, problems: [] });
  });

  it('reports what is wrong, a probe in its place, too', () => {
    expect(readOption(readHealthCheck, { probe: { kind: 'connect', port: 0 } }).paths).toEqual([
      'option.probe.port',
    ]);
    expect(readOption(readHealthCheck, 'yes').paths[0]).toBe('option');
    expect(readOption(readHealthCheck, connectProbe()).problems[0]?.expected).toContain('connectProbe()');
  });
});
