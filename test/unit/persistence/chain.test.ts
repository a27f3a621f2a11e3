import { describe, expect, it } from 'vitest';
import { chain } from '../../../src/persistence/chain.ts';
import { httpCookie } from '../../../src/persistence/http-cookie.ts';
import { none } from '../../../src/persistence/none.ts';
import type { Persistence } from '../../../src/persistence/persistence.ts';
import { sourceIp } from '../../../src/persistence/source-ip.ts';

describe('chain', () => {
  it('has the strategies of its parts in order, and says so', () => {
    const both = chain(httpCookie(), sourceIp());
    expect(both.name).toBe('chain(httpCookie, sourceIp)');
    expect(both.strategies.map((strategy) => strategy.reason)).toEqual(['cookie', 'table']);
    expect(chain(none(), both).strategies).toEqual(both.strategies);
  });

  it('refuses to be empty, and what is no persistence', () => {
    expect(() => chain()).toThrow(/at least one persistence/);
    expect(() => chain(sourceIp(), { kind: 'none' } as unknown as Persistence)).toThrow(/chain\[1\]/);
  });
});

it('none remembers nothing', () => {
  expect(none()).toEqual({ name: 'none', strategies: [] });
});
