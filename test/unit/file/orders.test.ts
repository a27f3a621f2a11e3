import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Balancer } from '../../../src/balancer/balancer.ts';
import type { ServiceConfig } from '../../../src/config/balancer-config.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import { duplicateEdits } from '../../../src/file/duplicate-edits.ts';
import { editConfigFile, saveConfigFile } from '../../../src/file/edit-config-file.ts';
import { readConfigFile } from '../../../src/file/read-config-file.ts';
import { addServerEdits, removeServerEdits, setServerEdits } from '../../../src/file/server-edits.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { failureOf, read } from './file-scene.ts';

const text = `services:
  # Images.
  - name: DICOM
    mode: tcp
    port: \${PORT:-104}
    persistence: { kind: sourceIp, ttlMs: 30m } # as the appliance
    servers:
      - { name: "\${FIRST:-A}", host: 10.0.0.1 } # one
      - { name: B, host: 10.0.0.2 } # two
  - name: MWL
    mode: tcp
    port: 204
    servers:
      - { name: A, host: 10.0.0.1 } # three
`;
const options = { environment: {} };

describe('orders that a file keeps', () => {
  it('set weight and admin state, in one service or in all that have the server', async () => {
    const file = await read(text);
    const all = await editConfigFile(
      file,
      setServerEdits(file, { server: 'A' }, { weight: 5, adminState: 'drain' }),
      options,
    );
    expect(all.document?.source.text).toBe(
      text.replaceAll('10.0.0.1 }', '10.0.0.1, weight: 5, adminState: drain }'),
    );
    const one = await editConfigFile(
      file,
      setServerEdits(file, { server: 'A', service: 'MWL' }, { weight: 0 }),
      options,
    );
    expect(one.document?.source.text).toBe(
      text.replace('10.0.0.1 } # three', '10.0.0.1, weight: 0 } # three'),
    );
  });

  it('add and remove a server, in one service or in all', async () => {
    const file = await read(text);
    const server = { name: 'C', host: '10.0.0.3' };
    const balancer = new Balancer(file.value);
    await balancer.addServer({ server });
    const { services } = balancer.config;
    const added = await editConfigFile(file, addServerEdits(file, { server: 'C' }, services), options);
    expect(added.value.services.map(({ servers }) => servers.at(-1))).toEqual([server, server]);
    const inOne = addServerEdits(file, { server: 'C', service: 'MWL' }, services);
    const one = await editConfigFile(file, inOne, options);
    expect(one.value.services.map(({ servers }) => servers.length)).toEqual([2, 2]);
    balancer.setWeight({ server: 'C', service: 'DICOM', weight: 4 });
    const others = addServerEdits(one, { server: 'C' }, balancer.config.services);
    expect(others).toEqual([{ path: ['services', 0, 'servers', 2], value: { ...server, weight: 4 } }]);
    expect(addServerEdits(added, { server: 'C' }, services)).toEqual([]);
    const removed = await editConfigFile(file, removeServerEdits(file, { server: 'A' }), options);
    expect(removed.value.services.map(({ servers }) => servers.map(({ name }) => name))).toEqual([['B'], []]);
  });

  it('name a server and a service that are there', async () => {
    const file = await read(text);
    expect(() => removeServerEdits(file, { server: 'C' })).toThrow("No server 'C'; there are: A, B");
    expect(() => setServerEdits(file, { server: 'A', service: 'X' }, {})).toThrow(
      "No service 'X'; there are: DICOM, MWL",
    );
    expect(() => addServerEdits(file, { server: 'C', service: 'X' }, [])).toThrow("No service 'X'");
    expect(() => duplicateEdits(file, 'X', { name: 'Y' })).toThrow("No service 'X'");
  });
});

describe('a duplicate', () => {
  it('is what a balancer makes of it', async () => {
    const file = await read(text);
    const edits = duplicateEdits(file, 'DICOM', { name: 'QUERY', port: 105 });
    const { value, config, document } = await editConfigFile(file, edits, options);
    expect(value.services.at(-1)).toEqual({
      ...file.value.services[0],
      name: 'QUERY',
      port: 105,
      persistence: { kind: 'sourceIp', ttlMs: 1_800_000, table: 'DICOM' },
    });
    expect(document?.source.text).toContain('ttlMs: 30m, table: DICOM } # as the appliance');
    expect(document?.source.text).toContain('- { name: "${FIRST:-A}", host: 10.0.0.1 }\n');

    const balancer = new Balancer(file.value);
    await balancer.duplicate('DICOM', { name: 'QUERY', port: 105 });
    expect(readConfig(balancer.config)).toEqual(config);
  });

  it('has the orders of what runs, and keeps the words of the file', async () => {
    const file = await read(text);
    const balancer = new Balancer(file.value);
    balancer.setWeight({ server: 'A', service: 'DICOM', weight: 3 });
    balancer.halt({ server: 'B' });
    await balancer.duplicate('DICOM', { name: 'QUERY', port: 105 });
    const { servers } = balancer.config.services[2]!;
    const edits = duplicateEdits(file, 'DICOM', { name: 'QUERY', port: 105 }, servers);
    const { config, document } = await editConfigFile(file, edits, options);
    expect(document?.source.text).toContain('- { name: "${FIRST:-A}", host: 10.0.0.1, weight: 3 }\n');
    expect(document?.source.text).toContain('- { name: B, host: 10.0.0.2, adminState: halt }\n');
    expect(config.services[2]).toEqual(readConfig(balancer.config).services[2]);
  });

  it('takes a name for the shared table that no other has, and none where it has a persistence of its own', async () => {
    const web: ServiceConfig = {
      ...{ name: 'WEB', mode: 'http', port: 80, servers: [] },
      persistence: { kind: 'chain', of: [{ kind: 'httpCookie' }, { kind: 'sourceIp' }] },
    };
    const other: ServiceConfig = {
      name: 'O',
      mode: 'tcp',
      port: 1,
      servers: [],
      persistence: { kind: 'sourceIp', table: 'WEB' },
    };
    const file = await read(JSON.stringify({ services: [web, other] }), {}, 'json');
    const copy = await editConfigFile(file, duplicateEdits(file, 'WEB', { name: 'W2', port: 81 }), options);
    const tables = [0, 2].map((index) => JSON.stringify(copy.value.services[index]?.persistence));
    expect(tables[0]).toContain('"table":"WEB-2"');
    expect(tables[1]).toBe(tables[0]);
    const changes = { name: 'W2', port: 81, persistence: { kind: 'none' } } as const;
    const own = await editConfigFile(file, duplicateEdits(file, 'WEB', changes), options);
    expect(own.value.services[2]?.persistence).toEqual({ kind: 'none' });
  });
});

describe('a file that is saved', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'pacs.yaml');

  it('holds the edits', async () => {
    writeFileSync(path, text);
    const file = await readConfigFile(path, options);
    const edited = await editConfigFile(file, setServerEdits(file, { server: 'B' }, { weight: 7 }), options);
    await saveConfigFile(edited, file);
    expect(readFileSync(path, 'utf8')).toBe(text.replace('10.0.0.2', '10.0.0.2, weight: 7'));
  });

  it('is not overwritten where somebody else has changed it', async () => {
    writeFileSync(path, text);
    const file = await readConfigFile(path, options);
    const edited = await editConfigFile(file, removeServerEdits(file, { server: 'B' }), options);
    writeFileSync(path, `${text}# mine\n`);
    await expect(saveConfigFile(edited, file)).rejects.toMatchObject({ code: 'SLUICE_ERR_STATE' });
    expect(readFileSync(path, 'utf8')).toBe(`${text}# mine\n`);
  });

  it('is no module', async () => {
    const module = join(folder, 'pacs.mjs');
    writeFileSync(module, 'export default { services: [{ name: "A", mode: "tcp", port: 1, servers: [] }] };');
    const file = await readConfigFile(module);
    const edits = duplicateEdits(file, 'A', { name: 'B', port: 2 });
    const { message } = await failureOf(editConfigFile(file, edits));
    expect(message).toBe(
      `${module}: expected a file of JSON or YAML to change, got a module, which only people can change`,
    );
  });
});
