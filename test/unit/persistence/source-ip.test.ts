import { describe, expect, it } from 'vitest';
import { sourceIp } from '../../../src/persistence/source-ip.ts';
import { StickTable } from '../../../src/persistence/stick-table.ts';
import { clientOf } from '../../support/policies.ts';

const at = (nowMs: number): { nowMs: number; wallMs: number } => ({ nowMs, wallMs: 0 });

describe('sourceIp', () => {
  it('is one strategy that needs an address only', () => {
    const { name, strategies } = sourceIp();
    expect(name).toBe('sourceIp');
    expect(strategies.map(({ reason, needs }) => [reason, needs])).toEqual([['table', ['address']]]);
  });

  it('returns both spellings of an address, from any port, to the server learned last', () => {
    const strategy = sourceIp({ ttlMs: 1000 }).strategies[0]!;
    strategy.learn(clientOf('10.0.0.1'), 'a', at(0));
    strategy.learn(clientOf('::ffff:10.0.0.1'), 'b', at(500));
    expect(strategy.lookup(clientOf('10.0.0.1'), at(1499))).toBe('b');
    expect(strategy.lookup(clientOf('10.0.0.1'), at(1500))).toBeUndefined();
    expect(strategy.lookup(clientOf('10.0.0.2'), at(500))).toBeUndefined();
  });

  it('takes clients of one prefix for one', () => {
    const strategy = sourceIp({ prefixV4: 24, prefixV6: 64 }).strategies[0]!;
    strategy.learn(clientOf('10.0.0.1'), 'a', at(0));
    strategy.learn(clientOf('2001:db8::1'), 'b', at(0));
    expect(strategy.lookup(clientOf('10.0.0.255'), at(1))).toBe('a');
    expect(strategy.lookup(clientOf('10.0.1.1'), at(1))).toBeUndefined();
    expect(strategy.lookup(clientOf('2001:db8::ffff:2'), at(1))).toBe('b');
  });

  it('undoes a reservation, unless another server was learned meanwhile', () => {
    const strategy = sourceIp().strategies[0]!;
    const client = clientOf('10.0.0.1');
    strategy.learn(client, 'a', at(0));
    strategy.learn(client, 'b', at(1));
    strategy.forget(client, 'a', at(2));
    expect(strategy.lookup(client, at(3))).toBe('b');
    strategy.forget(client, 'b', at(4));
    expect(strategy.lookup(client, at(5))).toBeUndefined();
  });

  it('shows its table, or takes one', () => {
    const table = new StickTable({ ttlMs: 7, maxEntries: 3, seed: 9 });
    const persistence = sourceIp({ table, prefixV4: 24 });
    expect(persistence.table).toBe(table);
    expect(persistence.options).toEqual({ ttlMs: 7, maxEntries: 3, seed: 9, prefixV4: 24, prefixV6: 128 });
    persistence.strategies[0]!.learn(clientOf('10.0.0.1'), 'a', at(0));
    expect([...table.entries(0)].map((entry) => entry.address.toString())).toEqual(['10.0.0.0']);
  });

  it.each([
    [{ ttlMs: -1, prefixV4: 0 }, /prefixV4.*\n.*ttlMs/],
    [{ table: new Map() }, /table: expected a StickTable/],
    [{ table: new StickTable(), ttlMs: 5 }, /ttlMs: expected nothing beside `table`/],
    [{ ttl: 5 }, /'ttlMs', got 'ttl'/],
  ])('refuses %j', (options, message) => {
    expect(() => sourceIp(options as object)).toThrow(message);
  });
});
