import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  Balancer,
  decodeBackup,
  encodeBackup,
  leastConnections,
  readBackup,
  SnapshotFile,
  writeBackup,
} from '../../../src/index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const servers = ['A', 'B'].map((name, index) => ({ name, host: `192.0.2.${index + 1}` }));
const pacs = { name: 'PACS', mode: 'tcp', port: 104, servers, persistence: { kind: 'sourceIp' } } as const;

describe('a backup', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'sluice.backup');

  it('makes the same balancer again: configuration, orders and tables', async () => {
    const balancer = new Balancer({ services: [pacs] });
    await balancer.duplicate('PACS', { name: 'QUERY', port: 105 });
    balancer.table('QUERY').set('10.0.0.1', 'B');
    balancer.setWeight({ server: 'A', weight: 5 });
    await writeBackup(path, balancer);
    const backup = await readBackup(path);
    expect(backup.config.services.map(({ servers: of }) => of[0]?.weight)).toEqual([1, 1]);

    const other = new Balancer({ services: [{ ...pacs, name: 'OTHER' }] });
    await other.apply(backup.config);
    await other.restore(backup);
    expect(other.config).toEqual(balancer.config);
    for (const name of ['PACS', 'QUERY'])
      expect(other.explain('10.0.0.1').get(name)).toEqual({ server: 'B', reason: 'table' });
  });

  it('is refused where it was cut or changed, or is only a snapshot', async () => {
    const balancer = new Balancer({ services: [pacs] });
    await writeBackup(path, balancer);
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, 100));
    await expect(readBackup(path)).rejects.toMatchObject({
      code: 'SLUICE_ERR_SNAPSHOT',
      message: `the backup ${path} cannot be read: it was cut or changed: its checksum does not fit`,
    });
    const snapshot = join(folder, 'snapshot');
    await new SnapshotFile(balancer, { path: snapshot }).write();
    await expect(readBackup(snapshot)).rejects.toThrow('a snapshot without a configuration, and no backup');
  });

  it('is bytes for whoever keeps it elsewhere', async () => {
    const balancer = new Balancer({ services: [pacs] });
    const chunks: Buffer[] = [];
    for await (const chunk of encodeBackup(balancer)) chunks.push(chunk);
    const { config } = await decodeBackup(Buffer.concat(chunks));
    expect(config).toEqual(balancer.config);
  });

  it('cannot hold live objects, and says where they are', async () => {
    const balancer = new Balancer({ services: [{ ...pacs, balance: leastConnections() }] });
    await expect(writeBackup(path, balancer)).rejects.toMatchObject({
      problems: expect.arrayContaining([
        expect.objectContaining({ path: expect.stringContaining('services[0].balance') as string }),
      ]) as unknown,
    });
  });
});
