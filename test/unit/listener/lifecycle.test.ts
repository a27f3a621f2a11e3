import { afterEach, describe, expect, it } from 'vitest';
import { VirtualScene, type SceneOptions } from '../../support/virtual-scene.ts';

let scene: VirtualScene;

async function started(options: SceneOptions = {}): Promise<void> {
  scene = await VirtualScene.start(options);
}

afterEach(async () => {
  await scene.stop();
});

describe('stopped → starting → started', () => {
  it('tells where it listens, and only a stopped service can be started', async () => {
    await started();
    expect(scene.listener.state).toBe('started');
    expect(scene.facts.of('listenerStarted')).toMatchObject([{ host: '192.0.2.1', port: 104 }]);
    await expect(scene.listener.start()).rejects.toMatchObject({ code: 'SLUICE_ERR_STATE' });
  });

  it('goes back to stopped where the port is taken, leaves nothing open, and starts once it is free', async () => {
    scene = new VirtualScene({});
    const { listener } = scene;
    const other = await scene.takePort();
    await expect(listener.start()).rejects.toMatchObject({ code: 'SLUICE_ERR_ADDRESS_IN_USE' });
    expect(listener.state).toBe('stopped');
    await other.close();
    await listener.start();
    expect(listener.state).toBe('started');
    expect(scene.facts.names).toEqual(['listenerStarted']);
  });

  it('may be stopped while it starts', async () => {
    scene = new VirtualScene({});
    const starting = scene.listener.start();
    expect(scene.listener.state).toBe('starting');
    await scene.network.until(Promise.all([starting, scene.listener.stop()]));
    expect(scene.listener.state).toBe('stopped');
  });
});

describe('started → stopping → stopped', () => {
  it('frees the port at once, and lets sessions finish', async () => {
    await started();
    const { client, server } = await scene.session();
    const stopping = scene.listener.stop();
    const late = scene.connect();
    await scene.network.run();
    expect(scene.listener.state).toBe('stopping');
    expect(late.recorder.closeError?.code).toBe('SLUICE_ERR_CONNECT_REFUSED');
    client.send('still served');
    await scene.network.run();
    expect(server.text).toBe('still served');
    client.end();
    server.end();
    await scene.network.until(stopping);
    expect(scene.facts.of('listenerStopped')).toMatchObject([{ aborted: 0 }]);
    expect(client.recorder.closeError).toBeUndefined();
  });

  it('cuts what is left when the time is over, not before', async () => {
    await started();
    const { client } = await scene.session();
    const stopping = scene.listener.stop({ graceMs: 5000 });
    await scene.network.advance(4999);
    expect([scene.listener.state, client.connection.isClosed]).toEqual(['stopping', false]);
    await scene.network.advance(1);
    await scene.network.until(stopping);
    await scene.network.run();
    expect(client.recorder.closeError?.code).toBe('SLUICE_ERR_RESET');
    expect(scene.facts.of('listenerStopped')).toMatchObject([{ aborted: 1 }]);
    expect(scene.facts.of('sessionClosed')).toMatchObject([{ reason: 'stopped' }]);
  });

  it('may be hurried by a second stop, and takes any number of them', async () => {
    await started();
    await scene.session();
    const first = scene.listener.stop({ graceMs: Infinity });
    await scene.network.advance(3_000_000);
    expect(scene.listener.state).toBe('stopping');
    await scene.network.until(
      Promise.all([first, scene.listener.stop({ graceMs: 10 }), scene.listener.stop()]),
    );
    expect(scene.listener.state).toBe('stopped');
    expect(scene.facts.of('listenerStopped')).toHaveLength(1);
  });

  it('resets who still waits to be accepted', async () => {
    await started({ maxSessions: 1 });
    await scene.session();
    const waiting = scene.connect();
    await scene.network.run();
    await scene.network.until(scene.listener.stop({ graceMs: 0 }));
    await scene.network.run();
    expect(waiting.recorder.closeError?.code).toBe('SLUICE_ERR_RESET');
  });

  it('may be followed by a start, any number of times', async () => {
    await started();
    for (let round = 0; round < 3; round++) {
      const { client } = await scene.session();
      await scene.network.until(scene.listener.stop({ graceMs: 0 }));
      await scene.network.run();
      expect(client.connection.isClosed).toBe(true);
      await scene.listener.start();
    }
    expect(scene.facts.of('listenerStopped')).toHaveLength(3);
  });
});
