import { link, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Balancer, SnapshotFile } from '../../../src/index.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';

const servers = ['A', 'B'].map((name, index) => ({ name, host: `192.0.2.${index + 1}` }));
const service = {
  name: 'PACS',
  mode: 'tcp',
  port: 0,
  servers,
  persistence: { kind: 'sourceIp', ttlMs: 60_000 },
} as const;

let clock: VirtualClock;
let folder: string;
let path: string;
let log: string[];

beforeEach(async () => {
  clock = new VirtualClock();
  folder = await mkdtemp(join(tmpdir(), 'sluice-snapshot-'));
  path = join(folder, 'pacs.snapshot');
  log = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function build(): Balancer {
  const runtime = {
    clock,
    random: () => 0.5,
    log: (level: string, line: string) => void log.push(`${level}: ${line}`),
  };
  return new Balancer({ services: [service] }, { runtime });
}

/** A process that has restored the file. */
async function restart(): Promise<{ balancer: Balancer; file: SnapshotFile; clients: readonly string[] }> {
  const balancer = build();
  const file = new SnapshotFile(balancer, { path });
  await file.restore();
  const clients: string[] = [];
  for await (const { client, server } of balancer.table('PACS').entries())
    clients.push(`${client} ${server}`);
  return { balancer, file, clients: clients.sort() };
}

/** Waits for writes to a file, which take place outside of the virtual time. */
async function untilWritten(times: number, of = path): Promise<void> {
  const inodes = new Set<number>();
  while (inodes.size < times) {
    const { ino } = await stat(of).catch(() => ({ ino: 0 }));
    if (ino !== 0) inodes.add(ino);
    if (inodes.size < times) await clock.advance(1000);
  }
}

describe('a snapshot file', () => {
  it('brings back what was known, for a new process', async () => {
    const first = await restart();
    expect(log).toEqual([`info: no snapshot to restore at ${path}`]);
    first.balancer.table('PACS').set('10.0.0.1', 'B');
    first.balancer.halt({ server: 'A' });
    await first.file.write();
    await clock.advance(5000);
    const second = await restart();
    expect(second.clients).toEqual(['10.0.0.1 B']);
    expect(log.at(-1)).toBe(`info: restored the snapshot ${path} of 5 s ago: 1 entries, 1 orders`);
    expect(second.balancer.overview().services[0]?.listeners[0]?.servers[0]?.adminState).toBe('halt');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['pacs.snapshot']);
  });

  it('keeps the one before as the last good one, and takes that where the other one is damaged', async () => {
    const { balancer, file } = await restart();
    for (const [index, server] of ['A', 'B', 'A'].entries()) {
      balancer.table('PACS').set(`10.0.0.${index}`, server);
      await file.write();
    }
    expect(await readdir(folder)).toEqual(['pacs.snapshot', 'pacs.snapshot.previous']);
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, -1));
    const next = await restart();
    expect(next.clients).toEqual(['10.0.0.0 A', '10.0.0.1 B']);
    expect(log.slice(-2)).toEqual([
      `error: the snapshot ${path} is refused: it was cut or changed: its checksum does not fit`,
      `info: restored the snapshot ${path}.previous of 0 s ago: 2 entries, 0 orders`,
    ]);
    // The damaged one does not take the place of the good one.
    await next.file.write();
    await writeFile(path, 'damaged again');
    expect((await restart()).clients).toEqual(['10.0.0.0 A', '10.0.0.1 B']);
  });

  it('starts with nothing where both are damaged, and goes on from there', async () => {
    await writeFile(path, 'nonsense');
    await writeFile(`${path}.previous`, 'nonsense');
    const { balancer, file, clients } = await restart();
    expect(clients).toEqual([]);
    expect(log.filter((line) => line.startsWith('error'))).toHaveLength(2);
    balancer.table('PACS').set('10.0.0.1', 'B');
    await file.write();
    expect((await restart()).clients).toEqual(['10.0.0.1 B']);
  });

  it('is written again and again, and once more at the stop', async () => {
    const { balancer, file } = await restart();
    file.start();
    file.start();
    expect(clock.pending).toBe(1);
    await untilWritten(2);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(60_000);
    balancer.table('PACS').set('10.0.0.9', 'B');
    await file.stop();
    expect(clock.pending).toBe(0);
    expect((await restart()).clients).toEqual(['10.0.0.9 B']);
    const { mtimeMs } = await stat(path);
    await file.stop();
    expect((await stat(path)).mtimeMs).toBe(mtimeMs);
  });

  it('writes nothing older over something newer: a process that started before is refused', async () => {
    const old = await restart();
    await old.file.write();
    const next = await restart();
    // Until the next one has written, what the old one knows is the newest.
    old.balancer.table('PACS').set('10.0.0.1', 'A');
    await old.file.write();
    next.balancer.table('PACS').set('10.0.0.2', 'B');
    await next.file.write();
    await expect(old.file.write()).rejects.toMatchObject({
      code: 'SLUICE_ERR_SNAPSHOT',
      message: `the snapshot ${path} cannot be written: a process that started later writes it`,
    });
    await next.file.write();
    expect((await restart()).clients).toEqual(['10.0.0.2 B']);
  });

  it('finds out what is there also where nothing was restored', async () => {
    const first = await restart();
    first.balancer.table('PACS').set('10.0.0.1', 'A');
    await first.file.write();
    await new SnapshotFile(build(), { path }).write();
    expect((await restart()).clients).toEqual([]);
    await writeFile(path, 'damaged');
    expect((await restart()).clients).toEqual(['10.0.0.1 A']);
  });

  it('removes what killed processes left behind, and nothing else', async () => {
    const gone = 2 ** 22 + 1;
    const names = [`pacs.snapshot.${gone}.1.tmp`, `pacs.snapshot.previous.${gone}.1.tmp`];
    const others = [`pacs.snapshot.${process.ppid}.1.tmp`, `pacs2.${gone}.1.tmp`, 'pacs.snapshot.old'];
    for (const name of [...names, ...others]) await writeFile(join(folder, name), '');
    await restart();
    expect((await readdir(folder)).sort()).toEqual(others.sort());
  });

  it('says what it cannot do, and tries again', async () => {
    const { balancer, file } = await restart();
    balancer.table('PACS').set('10.0.0.1', 'A');
    await rm(folder, { recursive: true });
    await expect(file.write()).rejects.toMatchObject({
      code: 'SLUICE_ERR_SNAPSHOT',
      message: expect.stringContaining('ENOENT') as string,
    });
    file.start();
    await file.stop();
    expect(log.at(-1)).toMatch(/^error: the snapshot .* cannot be written: ENOENT/u);
  });

  it('bears a second name of the file that it has itself given', async () => {
    const { file } = await restart();
    await file.write();
    await link(path, `${path}.previous`);
    await file.write();
    await file.write();
    expect(await readdir(folder)).toEqual(['pacs.snapshot', 'pacs.snapshot.previous']);
  });

  it('refuses wrong options, all at once', () => {
    const wrong = { path: '', intervalMs: 10, interval: 5 };
    expect(() => new SnapshotFile(build(), wrong)).toThrow(/path.*\n.*intervalMs.*\n.*'interval'/u);
  });
});
