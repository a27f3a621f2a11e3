import { afterEach, describe, expect, it } from 'vitest';
import { pattern } from '../../contract/engine/engine-fixture.ts';
import { forEachSeed } from '../../support/seeds.ts';
import { VirtualScene, type VirtualEnd } from '../../support/virtual-scene.ts';

let scene: VirtualScene;

/** How sessions ended, in order. */
function reasons(): readonly string[] {
  return scene.facts.of('sessionClosed').map(({ reason }) => reason);
}

afterEach(async () => {
  await scene.stop();
});

describe('accepted → connecting → relaying', () => {
  it('opens a session once its server is reached, and carries what the client said before', async () => {
    scene = await VirtualScene.start();
    const client = scene.connect().send('early');
    await scene.network.run();
    expect(scene.server(0).last.text).toBe('early');
    expect(scene.facts.names).toEqual(['listenerStarted', 'decisionMade', 'sessionOpened']);
    client.reset();
  });

  it('tries the next server where one refuses, and tells both', async () => {
    scene = await VirtualScene.start({ servers: ['Ax', 'B'] });
    scene.connect().send('hello');
    await scene.network.run();
    expect(scene.server(1).last.text).toBe('hello');
    expect(scene.facts.of('connectFailed')).toMatchObject([
      { server: 'Ax', error: 'SLUICE_ERR_CONNECT_REFUSED' },
    ]);
    expect(scene.facts.of('sessionOpened')).toMatchObject([{ server: 'B' }]);
  });

  it('tries the next server where one is silent for too long, and drops what answers later', async () => {
    scene = await VirtualScene.start({ connectTimeoutMs: 2000 });
    scene.server(0).host.isSilent = true;
    scene.connect().send('hello');
    await scene.network.advance(1999);
    expect(scene.server(1).accepted).toHaveLength(0);
    await scene.network.advance(1);
    expect(scene.server(1).last.text).toBe('hello');
    scene.server(0).host.isSilent = false;
    await scene.network.run();
    expect(scene.server(0).accepted).toHaveLength(0);
    expect(scene.facts.of('connectFailed')).toMatchObject([{ error: 'SLUICE_ERR_CONNECT_TIMEOUT' }]);
  });

  it('resets the client once all attempts have failed', async () => {
    scene = await VirtualScene.start({ servers: ['Ax', 'Bx', 'Cx', 'Dx'], maxConnectAttempts: 3 });
    const client = scene.connect();
    await scene.network.run();
    expect(client.recorder.closeError?.code).toBe('SLUICE_ERR_RESET');
    expect(scene.facts.of('connectFailed')).toHaveLength(3);
    expect(scene.facts.of('clientRefused')).toMatchObject([{ reason: 'no-server' }]);
    expect(reasons()).toEqual(['connect-failed']);
  });

  it('gives up the connect when the client resets meanwhile, with nothing left at the server', async () => {
    scene = await VirtualScene.start({ network: { delayMs: 10 }, servers: ['A'] });
    const client = scene.connect();
    await scene.network.advance(25);
    client.reset();
    await scene.network.run();
    const ends = scene.server(0).accepted.map(({ recorder }) => recorder.closeError?.code);
    expect(ends.every((code) => code === 'SLUICE_ERR_RESET')).toBe(true);
    expect(reasons().every((reason) => reason === 'client-reset')).toBe(true);
  });
});

describe('accepted → waiting', () => {
  const pool = { maxQueued: 2, queueTimeoutMs: 1000 };

  /** A server with one place, which is taken. @returns who has it */
  async function full(): Promise<VirtualEnd> {
    scene = await VirtualScene.start({ servers: ['A'], eachServer: { maxSessions: 1 }, pool });
    return (await scene.session()).client;
  }

  it('connects when its turn comes', async () => {
    const first = await full();
    scene.connect().send('second');
    await scene.network.run();
    expect(scene.server(0).accepted).toHaveLength(1);
    first.reset();
    await scene.network.run();
    expect(scene.server(0).last.text).toBe('second');
  });

  it('is refused after its time, or at once where the queue is full', async () => {
    await full();
    const clients = [scene.connect(), scene.connect(), scene.connect()];
    await scene.network.run();
    expect(scene.facts.of('clientRefused')).toMatchObject([{ reason: 'queue-full' }]);
    await scene.network.advance(1000);
    expect(scene.facts.of('clientRefused').slice(1)).toMatchObject([
      { reason: 'queue-timeout' },
      { reason: 'queue-timeout' },
    ]);
    expect(clients.map(({ connection }) => connection.isClosed)).toEqual([true, true, true]);
  });

  it('leaves the queue when its client goes away', async () => {
    const first = await full();
    const [gone, next] = [scene.connect(), scene.connect()];
    await scene.network.run();
    gone.reset();
    await scene.network.run();
    first.reset();
    await scene.network.run();
    next.send('mine');
    await scene.network.run();
    expect(scene.server(0).last.text).toBe('mine');
    expect(reasons()).toEqual(['client-reset', 'client-reset']);
  });
});

describe('relaying → closed', () => {
  it('passes FIN on as FIN, each way by itself, and ends in good order', async () => {
    scene = await VirtualScene.start();
    const { client, server } = await scene.session();
    client.send('question').end();
    await scene.network.run();
    expect([server.text, server.recorder.events.at(-1), client.connection.isClosed]).toEqual([
      'question',
      'end',
      false,
    ]);
    server.send('answer').end();
    await scene.network.run();
    expect([client.text, client.recorder.closeError, reasons()]).toEqual(['answer', undefined, ['finished']]);
  });

  it.each(['client', 'server'] as const)('passes a reset by the %s on as a reset', async (side) => {
    scene = await VirtualScene.start();
    const ends = await scene.session();
    const other = side === 'client' ? ends.server : ends.client;
    ends[side].reset();
    await scene.network.run();
    expect(other.recorder.events).not.toContain('end');
    expect(other.recorder.closeError?.code).toBe('SLUICE_ERR_RESET');
    expect(reasons()).toEqual([`${side}-reset`]);
  });

  it('resets the client of a server that crashes, half-closed or not', async () => {
    scene = await VirtualScene.start({ servers: ['A'] });
    const [first, second] = [await scene.session(), await scene.session()];
    second.client.end();
    await scene.network.run();
    await scene.server(0).crash();
    await scene.network.run();
    const codes = [first, second].map(({ client }) => client.recorder.closeError?.code);
    expect(codes).toEqual(['SLUICE_ERR_RESET', 'SLUICE_ERR_RESET']);
    expect(reasons()).toEqual(['server-reset', 'server-reset']);
  });

  it('closes what is idle, counting from the last byte either way', async () => {
    scene = await VirtualScene.start({ idleTimeoutMs: 10_000 });
    const { client, server } = await scene.session();
    await scene.network.advance(9000);
    server.send('still here');
    await scene.network.advance(9999);
    expect(client.connection.isClosed).toBe(false);
    await scene.network.advance(1);
    await scene.network.run();
    expect([client.connection.isClosed, reasons()]).toEqual([true, ['idle']]);
  });

  it('gives the other side time after a FIN, and no more', async () => {
    scene = await VirtualScene.start({ idleTimeoutMs: 60_000, halfCloseTimeoutMs: 5000 });
    const { client, server } = await scene.session();
    await scene.network.advance(50_000);
    client.end();
    await scene.network.advance(4999);
    expect(server.connection.isClosed).toBe(false);
    await scene.network.advance(2);
    await scene.network.run();
    expect(reasons()).toEqual(['idle']);
  });

  it('counts bytes once, whatever the session comes to', async () => {
    scene = await VirtualScene.start({ servers: ['A'] });
    const { client, server } = await scene.session();
    client.send('12345');
    await scene.network.run();
    server.send('123');
    await scene.network.run();
    client.reset();
    await scene.network.run();
    const [server0] = scene.listener.pool.servers;
    expect(server0).toMatchObject({ bytesFromClients: 5, bytesFromServer: 3, sessions: 0 });
    expect(scene.facts.of('sessionClosed')).toMatchObject([{ bytesFromClient: 5, bytesFromServer: 3 }]);
  });
});

it('carries both directions whole, in any order of events, and ends each session once', async () => {
  await forEachSeed(40, async (seed) => {
    const network = { seed, sendBufferBytes: 3000, receiveBufferBytes: 2000 };
    scene = await VirtualScene.start({ network });
    scene.network.conditions.delayMs = scene.network.between(0, 3);
    const [up, down] = [pattern(20_000 + seed), pattern(30_000 - seed)];
    for (const server of scene.servers)
      server.onData = (end) => {
        if (end.recorder.byteCount === up.length) end.send(down).end();
      };
    const clients = Array.from({ length: 4 }, () => scene.connect());
    for (const client of clients) client.send(up).end();
    await scene.network.run();
    for (const client of clients) {
      expect(client.recorder.closeCount).toBe(1);
      expect(client.recorder.bytes.equals(down)).toBe(true);
    }
    const received = scene.servers.flatMap(({ accepted }) => accepted.map(({ recorder }) => recorder.bytes));
    expect(received.map((bytes) => bytes.equals(up))).toEqual([true, true, true, true]);
    expect(reasons()).toEqual(['finished', 'finished', 'finished', 'finished']);
  });
});

it('leaves nothing behind, wherever clients, servers and connects break off', async () => {
  await forEachSeed(60, async (seed) => {
    scene = await VirtualScene.start({ network: { seed }, servers: ['A', 'Bx'], connectTimeoutMs: 20 });
    const { network } = scene;
    network.conditions.delayMs = network.between(0, 10);
    const clients = Array.from({ length: 6 }, () => scene.connect().send('something'));
    for (let i = 0; i < 12; i++) {
      scene.happen(Math.floor(network.random() * 12));
      const ends = [...clients, ...scene.server(0).accepted];
      const end = ends[Math.floor(network.random() * ends.length)];
      if (network.random() < 0.5) end?.end();
      else end?.reset();
    }
    for (const client of clients) client.end();
    for (const server of scene.server(0).accepted) server.end();
    await network.run();
    for (const server of scene.server(0).accepted) server.end();
    await network.run();
    await network.advance(1000);
    expect(scene.listener.pool.servers.map(({ sessions }) => sessions)).toEqual([0, 0]);
    const opened = new Set(scene.facts.of('sessionClosed').map(({ sessionId }) => sessionId));
    expect(opened.size).toBe(scene.facts.of('sessionClosed').length);
  });
});
