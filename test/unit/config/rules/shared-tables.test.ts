import { expect, it } from 'vitest';
import { problemsOf } from './problems-of.ts';

const service = { mode: 'tcp', servers: [{ name: 'A', host: '192.0.2.1' }] };
const clients = { kind: 'sourceIp', ttlMs: 60_000, table: 'clients' };

function problemsWith(...persistences: readonly object[]) {
  const services = persistences.map((persistence, index) => {
    return { ...service, name: `S${index}`, port: 100 + index, persistence };
  });
  return problemsOf('shared-tables', { services });
}

it('reports two uses of a table with different settings, and which the first ones are', () => {
  const [problem, ...more] = problemsWith(clients, { kind: 'sourceIp', prefixV4: 24, table: 'clients' });
  expect(more).toEqual([]);
  expect(problem?.path).toBe('services[1].persistence.table');
  expect(problem?.expected).toContain('ttlMs 60000');
});

it('finds them in chains', () => {
  const chain = { kind: 'chain', of: [{ kind: 'none' }, { ...clients, seed: 5 }] };
  expect(problemsWith(clients, chain).map(({ path }) => path)).toEqual([
    'services[1].persistence.of[1].table',
  ]);
});

it('lets uses be alike, and tables without a name or of another one be different', () => {
  const different = { ...clients, ttlMs: 1 };
  const unnamed = { kind: 'sourceIp', ttlMs: 1 };
  expect(problemsWith(clients, { ...clients }, { ...different, table: 'others' }, unnamed)).toEqual([]);
});
