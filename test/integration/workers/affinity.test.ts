import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TinyServer } from '../../support/tiny-server.ts';
import { blockOf, noWorkers, WorkersScene } from '../../support/workers-scene.ts';
import { tcpService } from '../balancer/balancer-scene.ts';

const addresses = Array.from({ length: 40 }, (_, index) => `127.0.${index % 7}.${10 + index}`);

describe.skipIf(noWorkers !== undefined)('affinity across workers', () => {
  let scene: WorkersScene;
  let servers: TinyServer[];

  beforeEach(async () => {
    scene = new WorkersScene(3);
    servers = [await scene.addServer('s1'), await scene.addServer('s2'), await scene.addServer('s3')];
  });
  afterEach(() => scene.close());

  async function start(): Promise<void> {
    await scene.start(
      tcpService(
        'DICOM',
        servers.map(({ options }) => options),
        { balance: { kind: 'leastConnections' }, persistence: { kind: 'sourceIp' } },
      ),
    );
  }

  it('keeps each client on its server, whichever worker takes it', async () => {
    await start();
    const serverOf = new Map<string, string>();
    for (let round = 0; round < 6; round++) {
      const sessions = await Promise.all(addresses.map((address) => scene.session('DICOM', address)));
      for (const [index, { text, socket }] of sessions.entries()) {
        const address = addresses[index]!;
        expect(text).toBe(serverOf.get(address) ?? text);
        serverOf.set(address, text);
        socket.resetAndDestroy();
      }
    }
    await scene.facts.count('sessionClosed', 6 * addresses.length);
    const opened = scene.facts.of('sessionOpened');
    expect(new Set(opened.map(({ sessionId }) => sessionId)).size, 'ids are unique').toBe(opened.length);
    expect(new Set(opened.map(blockOf)).size, 'workers that took sessions').toBe(3);
    const [first] = addresses;
    const ofFirst = opened.filter(({ client }) => client.startsWith(`${first}:`));
    expect(new Set(ofFirst.map(({ server }) => server)).size).toBe(1);
    const reasons = scene.facts.of('decisionMade').map(({ reason }) => reason);
    expect(reasons.filter((reason) => reason === 'balance')).toHaveLength(addresses.length);
    expect(reasons.filter((reason) => reason === 'table')).toHaveLength(5 * addresses.length);
  });

  it('lets parallel first connections of one client agree', async () => {
    await start();
    const parallel = addresses.flatMap((address) => Array<string>(8).fill(address));
    const sessions = await Promise.all(parallel.map((address) => scene.session('DICOM', address)));
    const servedBy = new Map(addresses.map((address) => [address, new Set<string>()]));
    for (const [index, { text }] of sessions.entries()) servedBy.get(parallel[index]!)!.add(text);
    expect([...servedBy.values()].map(({ size }) => size)).toEqual(addresses.map(() => 1));
  });

  it('counts exactly, over all workers, at any moment and in the end', async () => {
    await start();
    const sessions = await Promise.all(addresses.map((address) => scene.session('DICOM', address)));
    const during = scene.balancer.overview().services[0]!.listeners[0]!;
    expect(during.sessions).toBe(addresses.length);
    for (const server of servers) {
      const served = sessions.filter(({ text }) => text === server.name).length;
      const shown = during.servers.find(({ name }) => name === server.name)!;
      expect(shown).toMatchObject({ sessions: served, sessionsTotal: served });
    }
    for (const session of sessions) {
      session.send('hello');
      session.socket.end();
    }
    for (const server of servers) for (const { socket } of server.sessions) socket.end();
    await scene.facts.count('sessionClosed', addresses.length);
    const after = scene.balancer.overview().services[0]!.listeners[0]!;
    expect(after).toMatchObject({
      sessions: 0,
      sessionsTotal: addresses.length,
      bytesFromClients: 5 * addresses.length,
      bytesFromServers: 2 * addresses.length,
    });
    expect(after.servers.map((server) => server.sessions)).toEqual([0, 0, 0]);
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    expect(sum(after.servers.map((server) => server.sessionsTotal))).toBe(addresses.length);
    expect(sum(after.servers.map((server) => server.bytesFromClients))).toBe(5 * addresses.length);
    expect(sum(after.servers.map((server) => server.bytesFromServer))).toBe(2 * addresses.length);
  });
});
