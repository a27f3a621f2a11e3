import { describe, expect, it } from 'vitest';
import { OptionsError } from '../../../src/base/errors.ts';
import { OptionReader } from '../../../src/base/options.ts';
import { resolveUdpOptions, type ResolvedUdpOptions } from '../../../src/udp/udp-options.ts';

function resolve(values: object): ResolvedUdpOptions {
  const reader = new OptionReader('udp', values);
  const options = resolveUdpOptions(reader);
  reader.finish();
  return options;
}

describe('resolveUdpOptions', () => {
  it('has defaults for all', () => {
    expect(resolve({})).toEqual({ idleTimeoutMs: 30_000, unrepliedTimeoutMs: 15_000, maxFlows: 65_536 });
    expect(resolve({})).toSatisfy(Object.isFrozen);
  });

  it('never keeps an unanswered flow longer than an answered one', () => {
    expect(resolve({ idleTimeoutMs: 2_000 })).toMatchObject({ unrepliedTimeoutMs: 2_000 });
    expect(() => resolve({ idleTimeoutMs: 2_000, unrepliedTimeoutMs: 2_001 })).toThrow(
      'udp.unrepliedTimeoutMs: expected at most idleTimeoutMs (2000), got 2001 (number)',
    );
  });

  it('reports every problem, unknown keys with the nearest name', () => {
    try {
      resolve({ idleTimeoutMs: 0, maxFlows: 2_000_000, unrepliedTimeoutMs: '5', maxFlow: 1 });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(OptionsError);
      const { problems } = error as OptionsError;
      expect(problems.map((problem) => problem.path)).toEqual([
        'udp.idleTimeoutMs',
        'udp.unrepliedTimeoutMs',
        'udp.maxFlows',
        'udp',
      ]);
      expect(problems.at(-1)?.expected).toContain("'maxFlows'");
    }
  });
});
