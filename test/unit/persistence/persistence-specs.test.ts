import { describe, expect, it } from 'vitest';
import type { OptionProblem } from '../../../src/base/errors.ts';
import { sourceIp, type SourceIp } from '../../../src/persistence/source-ip.ts';
import type { Persistence } from '../../../src/persistence/persistence.ts';
import { persistenceFrom, type TableOrigins } from '../../../src/persistence/persistence-specs.ts';

/** Reads specs as those of one configuration. */
function read(specs: readonly unknown[], origins?: TableOrigins) {
  const problems: OptionProblem[] = [];
  const tables = new Map<string, Persistence>();
  const made = specs.map((spec, index) =>
    persistenceFrom(spec, `services[${index}].persistence`, problems, tables, origins),
  );
  return { made, tables, paths: problems.map((problem) => problem.path), problems };
}

describe('persistenceFrom', () => {
  it('makes each kind', () => {
    const { made, paths } = read([
      { kind: 'sourceIp', ttlMs: 1_800_000 },
      { kind: 'httpCookie', name: 'PACS' },
      { kind: 'chain', of: [{ kind: 'httpCookie' }, { kind: 'sourceIp', table: 'clients' }] },
      { kind: 'none' },
      undefined,
    ]);
    expect(paths).toEqual([]);
    expect(made.map((persistence) => persistence?.name)).toEqual([
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

  it('reports two uses of a table with different settings', () => {
    const { made, problems } = read([
      { kind: 'sourceIp', ttlMs: 60_000, table: 'clients' },
      { kind: 'sourceIp', prefixV4: 24, table: 'clients' },
    ]);
    expect(made[1]).toBeUndefined();
    expect(problems[0]?.path).toBe('services[1].persistence.table');
    expect(problems[0]?.expected).toContain('ttlMs 60000');
  });

  it('takes over a table whose settings stay, and starts anew where they change', () => {
    const before = read([{ kind: 'sourceIp', ttlMs: 60_000, table: 'clients' }]);
    const origins = { previous: before.tables };
    const same = read([{ kind: 'sourceIp', ttlMs: 60_000, table: 'clients' }], origins);
    const changed = read([{ kind: 'sourceIp', ttlMs: 61_000, table: 'clients' }], origins);
    expect(same.made[0]).toBe(before.made[0]);
    expect(changed.paths).toEqual([]);
    expect((changed.made[0] as SourceIp).options.ttlMs).toBe(61_000);
  });

  it('keys hashes with the seed it is given, unless the spec states one', () => {
    const { made } = read([{ kind: 'sourceIp' }, { kind: 'sourceIp', seed: 5 }], { seed: 77 });
    expect(made.map((persistence) => (persistence as SourceIp).options.seed)).toEqual([77, 5]);
  });

  it.each([
    ['sourceIp', ['services[0].persistence']],
    [null, ['services[0].persistence']],
    [{}, ['services[0].persistence.kind']],
    [{ kind: 'cookie' }, ['services[0].persistence.kind']],
    [{ kind: 'none', ttlMs: 5 }, ['services[0].persistence']],
    [
      { kind: 'sourceIp', ttlMs: 0, table: '' },
      ['services[0].persistence.ttlMs', 'services[0].persistence.table'],
    ],
    [{ kind: 'httpCookie', name: 'a;b' }, ['services[0].persistence.name']],
    [{ kind: 'chain' }, ['services[0].persistence.of']],
    [{ kind: 'chain', of: [] }, ['services[0].persistence.of']],
    [{ kind: 'chain', of: [{ kind: 'none' }, 5] }, ['services[0].persistence.of[1]']],
  ])('reports %j', (spec, paths) => {
    const result = read([spec]);
    expect(result.made).toEqual([undefined]);
    expect(result.paths).toEqual(paths);
    expect(result.tables.size).toBe(0);
  });
});
