import { describe, expect, it } from 'vitest';
import { lintConfig } from '../../../src/config/lint.ts';
import { mendConfig, withEdit } from '../../../src/config/mend.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import { cookieThenClients, dicom, headCheck, query, servers, serversWith } from './rules/rule-cases.ts';

describe('an edit', () => {
  const config = { workers: 0, services: [{ name: 'A', tags: [1, 2, 3] }, { name: 'B' }] };

  it.each([
    ['changes a value', { path: 'services[1].name', value: 'C' }, [config.services[0], { name: 'C' }]],
    ['adds one', { path: 'services[1].port', value: 104 }, [config.services[0], { name: 'B', port: 104 }]],
    [
      'adds one within another',
      { path: 'services[1].a.b', value: 1 },
      [config.services[0], { name: 'B', a: { b: 1 } }],
    ],
    ['removes one', { path: 'services[1].name', remove: true }, [config.services[0], {}]],
    [
      'removes an element',
      { path: 'services[0].tags[1]', remove: true },
      [{ name: 'A', tags: [1, 3] }, { name: 'B' }],
    ],
    ['removes what is not there', { path: 'services[1].port', remove: true }, config.services],
  ] as const)('%s', (_, edit, services) => {
    const before = structuredClone(config);
    expect(withEdit(config, edit)).toEqual({ workers: 0, services });
    expect(config).toEqual(before);
  });

  it('shares what it does not touch', () => {
    const { services } = withEdit(config, { path: 'services[1].name', value: 'C' }) as typeof config;
    expect(services[0]).toBe(config.services[0]);
  });
});

describe('mendConfig', () => {
  const on104 = serversWith({ port: 104 });
  const trap = dicom({ persistence: cookieThenClients, healthCheck: headCheck, servers: on104 });
  const config = { services: [trap, query({ servers: on104, persistence: cookieThenClients })] };

  it('mends all that needs no decision, and says what in which order', () => {
    const before = structuredClone(config);
    const { config: result, mended } = mendConfig(config);
    expect(mended.map(({ rule, services }) => [rule, services[0]])).toEqual([
      ['persist-mode', 'DICOM'],
      ['persist-mode', 'QUERY'],
      ['dup-server-port', 'QUERY'],
      ['dup-check-kind', 'DICOM'],
    ]);
    expect(lintConfig(result)).toEqual([]);
    expect(readConfig(result).services.map(({ name }) => name)).toEqual(['DICOM', 'QUERY']);
    expect(mended.flatMap(({ mend }) => mend).reduce<unknown>(withEdit, config)).toEqual(result);
    expect(config).toEqual(before);
  });

  it('mends only what is wanted', () => {
    const { mended } = mendConfig(config, ({ rule }) => rule === 'dup-check-kind');
    expect(mended.map(({ rule }) => rule)).toEqual(['dup-check-kind']);
  });

  it('gives a configuration back that it cannot mend', () => {
    const drained = { services: [dicom({ servers: [servers[0], { ...servers[1], adminState: 'drain' }] })] };
    expect(mendConfig(drained)).toEqual({ config: drained, mended: [] });
    expect(mendConfig(null)).toEqual({ config: null, mended: [] });
  });
});
