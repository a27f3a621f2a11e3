import { afterAll, beforeAll, expect, it } from 'vitest';
import { Balancer, infinittPreset, type ListenerOverview } from '../../src/index.ts';
import { Nmbd, requireNmbd } from '../support/nmbd.ts';
import { run } from '../support/real-software.ts';

const vip = '127.0.0.10';

requireNmbd(['nmblookup', 'nbtscan'])('NetBIOS names through the balancer to three Samba servers', () => {
  let nmbds: readonly Nmbd[] = [];
  let balancer: Balancer;
  let isUp = false;

  beforeAll(async () => {
    // Those that came up are stopped even where another one did not.
    const starts = await Promise.allSettled([1, 2, 3].map((number) => Nmbd.start(number)));
    nmbds = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    balancer = new Balancer(
      infinittPreset({
        vip,
        // These tools know no other port than 137.
        ports: { web: 0, dicom: 0, query: 0, mwl: 0, check: 137 },
        servers: nmbds.map(({ name, host }) => ({ name, host })),
      }),
    );
    await balancer.start();
    isUp = true;
  });

  afterAll(async () => {
    if (isUp) await balancer.stop({ graceMs: 0 });
    await Promise.all(nmbds.map((nmbd) => nmbd.stop()));
  });

  function halfOf(protocol: 'tcp' | 'udp'): ListenerOverview {
    const check = balancer.overview().services.find(({ name }) => name === 'INFINITT_Check');
    const half = check?.listeners.find((listener) => listener.protocol === protocol);
    if (half === undefined) throw new Error(`the service has no ${protocol} half`);
    return half;
  }

  /** Asks for the names of the node behind the service; @returns that of the server, PACS1 to PACS3 */
  async function askName(): Promise<string | undefined> {
    const { output } = await run('nmblookup', ['-A', vip]);
    return /^\s+(PACS\d)\s+<00>/m.exec(output)?.[1];
  }

  it('answers a node status request, always from the same server', async () => {
    const first = await askName();
    expect(nmbds.map(({ name }) => name)).toContain(first);
    for (let i = 0; i < 3; i++) expect(await askName()).toBe(first);
  });

  it('answers a name query with the address of the server itself, which is what it says', async () => {
    const home = nmbds.find(({ name }) => name === homeServer())?.host;
    const found = await run('nmblookup', ['-U', vip, 'INFINITT#20']);
    expect(found.stdout).toContain(`${home} INFINITT<20>`);
  });

  it('passes on that a name does not exist', async () => {
    const missing = await run('nmblookup', ['-U', vip, 'NOSUCH']);
    expect(missing.output).toContain('failed to find name NOSUCH');
    expect(halfOf('udp').droppedTotal).toBe(0);
  });

  it('serves a second, independent client', async () => {
    const scan = await run('nbtscan', ['-v', '-t', '2000', vip]);
    expect(scan.stdout).toMatch(/INFINITT\s+<20>\s+UNIQUE/);
    expect(scan.stdout).toContain(homeServer());
  });

  it('is up by UDP while the servers refuse TCP on that port', async () => {
    await expect.poll(() => halfOf('tcp').status, { timeout: 30_000 }).toBe('down');
    await expect
      .poll(() => halfOf('udp').servers.map((server) => server.health), { timeout: 30_000 })
      .toEqual(['up', 'up', 'up']);
    expect(halfOf('udp').status).toBe('up');
  });

  it('goes to another server when the one of a client is killed', async () => {
    const home = homeServer();
    await nmbds.find(({ name }) => name === home)?.kill();
    await expect.poll(askName, { timeout: 30_000 }).toMatch(/^PACS/);
    expect(await askName()).not.toBe(home);
    await expect.poll(() => healthOf(home), { timeout: 60_000 }).toBe('down');
    expect(halfOf('udp').status).toBe('degraded');
  });

  /** The server that the flows of this machine go to. */
  function homeServer(): string {
    const used = halfOf('udp').servers.filter((server) => server.sessionsTotal > 0);
    expect(used).toHaveLength(1);
    return used[0]?.name ?? '';
  }

  function healthOf(name: string): string | undefined {
    return halfOf('udp').servers.find((server) => server.name === name)?.health;
  }
});
