import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config/read-config.ts';
import { infinittFile } from '../../../src/file/infinitt-file.ts';
import { infinittPreset, type InfinittPresetOptions } from '../../../src/presets/infinitt-preset.ts';
import { oneService, read } from './file-scene.ts';

const servers = [
  { name: 'INF_PACS1', host: '192.168.85.200' },
  { name: 'INF_PACS2', host: 'pacs2.example', weight: 2, ports: { web: 8080 } },
];
const cases: readonly (readonly [string, InfinittPresetOptions])[] = [
  ['the usual', { vip: '192.168.85.150', servers }],
  [
    'IPv6, own ports and workers',
    { vip: '2001:db8::1', servers, ports: { dicom: 11_112 }, serverPorts: { query: 1 }, workers: 2 },
  ],
];

describe.each(['yaml', 'json'] as const)('the file of the preset as %s', (format) => {
  it.each(cases)('states the same configuration: %s', async (_what, options) => {
    const { config } = await read(infinittFile(options, { format }), {}, format);
    expect(config).toEqual(readConfig(infinittPreset(options)));
  });
});

describe('the file of the preset', () => {
  it('explains each service in a line', () => {
    const text = infinittFile({ vip: '192.168.85.150', servers });
    for (const name of ['INFINITT_Web', 'DICOM', 'QUERY', 'MWL', 'INFINITT_Check']) {
      expect(text).toMatch(new RegExp(`\\n\\n  # [A-Z].{10,110}\\.\\n  - name: ${name}\\n`, 'u'));
    }
    expect(text).toContain('$schema: ./node_modules/sluice/schema/sluice.json\n');
    expect(text).toContain('- { name: INF_PACS1, host: 192.168.85.200 }\n');
    expect(text).toContain('idleTimeoutMs: 12h\n');
    expect(text).toContain('intervalMs: 2s\n');
  });

  it.each(['yaml', 'json'] as const)('states what a run does beside, as %s', async (format) => {
    const text = infinittFile(
      { vip: '192.168.85.150', servers },
      { format, snapshot: 'pacs.snapshot', controlFolder: '/run/user/7/sluice' },
    );
    const off = { accessLog: false, metrics: false, reloadGraceMs: Infinity, admin: false };
    const { run } = await read(text, {}, format);
    expect(run).toEqual({
      control: { path: '/run/user/7/sluice/control.sock' },
      snapshotFile: { path: resolve('pacs.snapshot'), intervalMs: 30_000 },
      ...off,
    });
    const environment = { RUNTIME_DIRECTORY: '/run/sluice', STATE_DIRECTORY: '/var/lib/sluice' };
    expect((await read(text, { environment }, format)).run).toEqual({
      control: { path: '/run/sluice/control.sock' },
      snapshotFile: { path: '/var/lib/sluice/pacs.snapshot', intervalMs: 30_000 },
      ...off,
    });
  });

  it('shows examples that are right', async () => {
    const text = infinittFile({ vip: '192.168.85.150', servers });
    const examples = [...text.matchAll(/^# .*such as (\{.*\}); or false\.\n(\w+): false$/gmu)];
    expect(examples.map(([, , key]) => key)).toEqual(['accessLog', 'metrics', 'admin']);
    const lines = examples.map(([, example, key]) => `${key!}: ${example!}\n`);
    const { run } = await read(lines.join('') + oneService());
    expect(run).toMatchObject({
      accessLog: { format: 'haproxy' },
      metrics: { port: 9464 },
      admin: { port: 9443 },
    });
  });

  it('refuses wrong options as the preset does', () => {
    expect(() => infinittFile({ vip: 'x', servers: [] })).toThrow('infinittPreset.vip');
  });
});
