import { describe, expect, it } from 'vitest';
import { OptionReader } from '../../../src/base/options.ts';
import { PersistenceMaker, type TableOrigins } from '../../../src/persistence/make-persistence.ts';
import { readPersistence } from '../../../src/persistence/persistence-specs.ts';
import { sourceIp } from '../../../src/persistence/source-ip.ts';

/** Reads specs as those of one configuration, and makes what they describe where all are right. */
function read(specs: readonly unknown[], origins: Partial<TableOrigins> = {}) {
  const reader = new OptionReader('', { specs });
  const resolved = reader.list('specs', {}, readPersistence);
  const paths = reader.problems.map(({ path }) => path);
  const maker = new PersistenceMaker({ seed: 0, ...origins });
  const made = paths.length > 0 ? [] : resolved.map((spec) => maker.make(spec).persistence);
  return { made, tables: maker.tables, paths };
}

describe('persistence specs', () => {
  it('makes each kind', () => {
    const { made, paths } = read([
      { kind: 'sourceIp', ttlMs: 1_800_000 },
      { kind: 'httpCookie', name: 'PACS' },
      { kind: 'chain', of: [{ kind: 'httpCookie' }, { kind: 'sourceIp', table: 'clients' }] },
      { kind: 'none' },
      undefined,
    ]);
    expect(paths).toEqual([]);
    expect(made.map((persistence) => persistence.name)).toEqual([
      'sourceIp',
      'httpCookie',
      'chain(httpCookie, sourceIp)',
      'none',
      'none',
    ]);
  });

  it('returns a live persistence as it is, in a chain, too', () => {
    const live = sourceIp();
    const { made } = read([live, { kind: 'chain', of: [{ kind: 'httpCookie' }, live] }]);
    expect(made[0]).toBe(live);
    expect(made[1]?.strategies[1]).toBe(live.strategies[0]);
  });

  it('shares a table among all specs that name it, and no others', () => {
    const clients = { kind: 'sourceIp', ttlMs: 60_000, table: 'clients' };
    const { made, tables } = read([
      clients,
      { ...clients },
      { kind: 'chain', of: [clients] },
      { ...clients, table: 'other' },
      { kind: 'sourceIp', ttlMs: 60_000 },
    ]);
    expect(made[1]).toBe(made[0]);
    expect(made[2]?.strategies[0]).toBe(made[0]?.strategies[0]);
    expect(made[3]).not.toBe(made[0]);
    expect(made[4]).not.toBe(made[0]);
    expect([...tables.keys()]).toEqual(['clients', 'other']);
  });

  it('takes over a table whose kind of keys stays, under the new settings', () => {
    const before = read([{ kind: 'sourceIp', ttlMs: 60_000, table: 'clients' }]);
    const origins = { previous: before.tables };
    const same = read([{ kind: 'sourceIp', ttlMs: 60_000, table: 'clients' }], origins);
    const changed = read([{ kind: 'sourceIp', ttlMs: 61_000, table: 'clients' }], origins);
    expect(same.made[0]).toBe(before.made[0]);
    expect(changed.paths).toEqual([]);
    const [longer] = changed.tables.values();
    expect(longer?.options.ttlMs).toBe(61_000);
    const [table] = before.tables.values();
    table!.table.put(0, 0, 0xffff, 1, 'a', 0);
    expect(longer?.table.find(0, 0, 0xffff, 1, 60_500)).toBe('a');
    expect(table!.table.find(0, 0, 0xffff, 1, 60_500)).toBeUndefined();
    const [other] = read([{ kind: 'sourceIp', prefixV4: 24, table: 'clients' }], origins).tables.values();
    expect(other?.table.size).toBe(0);
  });

  it('keys hashes with the seed it is given, unless the spec states one', () => {
    const { made } = read([{ kind: 'sourceIp' }, { kind: 'sourceIp', seed: 5 }], { seed: 77 });
    expect(made).toMatchObject([{ options: { seed: 77 } }, { options: { seed: 5 } }]);
  });

  it.each([
    ['sourceIp', ['specs[0]']],
    [null, ['specs[0]']],
    [{}, ['specs[0].kind']],
    [{ kind: 'cookie' }, ['specs[0].kind']],
    [{ kind: 'none', ttlMs: 5 }, ['specs[0]']],
    [{ kind: 'sourceIp', ttlMs: 0, table: '' }, ['specs[0].ttlMs', 'specs[0].table']],
    [{ kind: 'httpCookie', name: 'a;b' }, ['specs[0].name']],
    [{ kind: 'chain' }, ['specs[0].of']],
    [{ kind: 'chain', of: [] }, ['specs[0].of']],
    [{ kind: 'chain', of: [{ kind: 'none' }, 5] }, ['specs[0].of[1]']],
  ])('reports %j', (spec, paths) => {
    expect(read([spec]).paths).toEqual(paths);
  });
});
