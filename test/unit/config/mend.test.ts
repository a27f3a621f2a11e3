import { describe, expect, it } from 'vitest';
import { withEdit } from '../../../src/base/edit.ts';
import { lintConfig } from '../../../src/config/lint.ts';
import { mendConfig } from '../../../src/config/mend.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import { cookieThenClients, dicom, headCheck, query, servers, serversWith } from './rules/rule-cases.ts';

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
