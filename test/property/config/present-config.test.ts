import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Balancer } from '../../../src/balancer/balancer.ts';
import type { PlainConfig } from '../../../src/config/plain-config.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import { twoServices } from '../../../examples/two-services-config.ts';
import { infinittPreset } from '../../../src/presets/infinitt-preset.ts';
import { systemRuntime } from '../../../src/runtime/system-runtime.ts';
import { rightConfigs } from './configurations.ts';

const quiet = { runtime: { ...systemRuntime, log: () => undefined } };

/** Through JSON, as a file has it. */
function again(config: PlainConfig): Balancer {
  return new Balancer(JSON.parse(JSON.stringify(config)) as PlainConfig, quiet);
}

describe('the present configuration', () => {
  it('makes the same balancer again, whatever it was made from', () => {
    fc.assert(
      fc.property(rightConfigs, (config) => {
        const { config: present } = new Balancer(config, quiet);
        expect(readConfig(present)).toEqual(readConfig(config));
        expect(again(present).config).toEqual(present);
      }),
      { numRuns: 150 },
    );
  });

  const servers = ['INF_PACS1', 'INF_PACS2'].map((name, index) => ({ name, host: `192.0.2.${index + 1}` }));
  it.each([
    ['the preset', infinittPreset({ vip: '127.0.0.1', servers })],
    ['the preset with ports of its own', infinittPreset({ vip: '127.0.0.1', servers, ports: { web: 8080 } })],
    ['the example of two services', twoServices(8080, 11_104)],
  ])('is that of %s, and to apply it changes nothing', async (_what, given) => {
    const balancer = new Balancer(given, quiet);
    expect(readConfig(balancer.config)).toEqual(readConfig(given));
    expect(again(balancer.config).config).toEqual(balancer.config);
    const before = balancer.overview().services;
    await balancer.apply(balancer.config);
    expect(balancer.overview().services).toEqual(before);
  });

  it('has orders, and duplicates that share a table', async () => {
    const servers = ['A', 'B'].map((name) => ({
      name,
      host: '192.0.2.1',
      ...(name === 'B' ? { port: 1 } : {}),
    }));
    const service = {
      name: 'DICOM',
      mode: 'tcp',
      port: 104,
      servers,
      persistence: { kind: 'sourceIp' },
    } as const;
    const balancer = new Balancer({ services: [service] }, quiet);
    balancer.setWeight({ server: 'A', weight: 7 });
    balancer.halt({ server: 'B' });
    await balancer.duplicate('DICOM', { name: 'QUERY', port: 105 });
    await balancer.duplicate('DICOM', { name: 'MWL', port: 204 });
    const { config } = balancer;
    expect(config.services.map(({ name }) => name)).toEqual(['DICOM', 'QUERY', 'MWL']);
    for (const { servers: present, persistence } of config.services) {
      expect(present.map(({ weight, adminState }) => [weight, adminState])).toEqual([
        [7, 'online'],
        [1, 'halt'],
      ]);
      expect(persistence).toMatchObject({ kind: 'sourceIp', table: 'DICOM' });
    }
    expect(again(config).config).toEqual(config);
    // The same as what is there, so nothing is replaced and nobody's order is undone.
    await balancer.apply(config);
    expect(balancer.config).toEqual(config);
  });
});
