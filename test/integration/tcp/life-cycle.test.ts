import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemRuntime } from '../../../src/index.ts';
import { TcpScene } from './tcp-scene.ts';

let scene: TcpScene;

beforeEach(() => {
  scene = new TcpScene();
});

afterEach(() => scene.close());

describe('start', () => {
  it('tells where it listens, once it does', async () => {
    await scene.addServers('s1');
    const listener = scene.listen();
    expect(listener).toMatchObject({ state: 'stopped', port: 0 });
    const seen: unknown[] = [];
    listener.on('listenerStarted', ({ port }) => seen.push([listener.state, listener.port === port]));
    await listener.start();
    expect(seen).toEqual([['started', true]]);
    expect(listener.port).toBeGreaterThan(0);
    expect(scene.facts.of('listenerStarted')).toMatchObject([
      { service: 'dicom', protocol: 'tcp', host: '127.0.0.1', port: listener.port },
    ]);
  });

  it('twice is an error, and harmless', async () => {
    await scene.start(1);
    await expect(scene.listener.start()).rejects.toMatchObject({
      code: 'SLUICE_ERR_STATE',
      message: "'dicom' is started; only a stopped service can be started",
    });
    expect((await scene.session()).text).toBe('s1');
  });

  it('where the port is taken fails with its address, and works later', async () => {
    await scene.start(1);
    const second = scene.listen({ name: 'second', port: scene.listener.port });
    await expect(second.start()).rejects.toMatchObject({ code: 'SLUICE_ERR_ADDRESS_IN_USE' });
    await expect(second.start()).rejects.toThrow(`127.0.0.1:${scene.listener.port}`);
    expect(second.state).toBe('stopped');
    await scene.listener.stop();
    await second.start();
    expect(second.state).toBe('started');
  });

  it('with the pool of another listener fails, and leaves its port free', async () => {
    await scene.start(1);
    const thief = scene.listen().duplicate({ name: 'thief', pool: scene.listener.pool });
    await expect(thief.start()).rejects.toMatchObject({ code: 'SLUICE_ERR_STATE' });
    expect(thief.state).toBe('stopped');
    expect((await scene.session()).text).toBe('s1');
  });
});

describe('stop', () => {
  it('takes nothing new and waits for the sessions under way', async () => {
    await scene.start(1);
    const client = await scene.session();
    const { port } = scene.listener;
    const stopped = scene.listener.stop({ graceMs: 10_000 });
    const late = connect({ host: '127.0.0.1', port });
    const refused = await new Promise<NodeJS.ErrnoException>((resolve) => late.once('error', resolve));
    expect(refused.code).toBe('ECONNREFUSED');
    expect(scene.listener.state).toBe('stopping');
    const server = await scene.server('s1').session();
    client.send('goes on');
    await server.untilBytes(7);
    client.socket.end();
    server.socket.end();
    await stopped;
    expect(scene.facts.of('sessionClosed')).toMatchObject([{ reason: 'finished' }]);
    expect(scene.facts.of('listenerStopped')).toMatchObject([{ aborted: 0 }]);
  });

  it('cuts what is left when the grace time is over', async () => {
    await scene.start(1);
    const clients = [await scene.session(), await scene.session()];
    await scene.listener.stop({ graceMs: 40 });
    await Promise.all(clients.map((client) => client.untilReset()));
    expect(scene.facts.of('sessionClosed').map(({ reason }) => reason)).toEqual(['stopped', 'stopped']);
    expect(scene.facts.of('listenerStopped')).toMatchObject([{ aborted: 2 }]);
    expect(scene.facts.names.at(-1)).toBe('listenerStopped');
  });

  it('a second time makes the grace time shorter, and what that cuts counts', async () => {
    await scene.start(1);
    await scene.session();
    const first = scene.listener.stop({ graceMs: Infinity });
    await scene.listener.stop({ graceMs: 0 });
    await first;
    expect(scene.facts.of('listenerStopped')).toMatchObject([{ aborted: 1 }]);
    await scene.listener.stop();
    expect(scene.facts.of('listenerStopped')).toHaveLength(1);
  });

  it('while it starts waits for the start, and leaves it stopped', async () => {
    await scene.addServers('s1');
    const starting = scene.listen().start();
    await scene.listener.stop();
    await starting;
    expect(scene.listener.state).toBe('stopped');
    expect(scene.facts.names).toEqual(['listenerStarted', 'listenerStopped']);
  });

  it('refuses a grace time that is none', async () => {
    await scene.start(1);
    await expect(scene.listener.stop({ graceMs: -1 })).rejects.toMatchObject({ code: 'SLUICE_ERR_OPTIONS' });
    expect(scene.listener.state).toBe('started');
  });

  it('lets a handler start it again', async () => {
    await scene.start(1);
    const restarted = new Promise<void>((resolve, reject) => {
      scene.listener.once('listenerStopped', () => {
        scene.listener.start().then(resolve, reject);
      });
    });
    await scene.listener.stop();
    await restarted;
    expect((await scene.session()).text).toBe('s1');
  });

  it('and start again as often as wanted keeps what was counted and remembered', async () => {
    await scene.start(3, { persistence: { kind: 'sourceIp' } });
    const { text } = await scene.session();
    for (let round = 0; round < 3; round++) {
      await scene.listener.stop({ graceMs: 0 });
      expect(scene.listener.overview()).toMatchObject({ state: 'stopped', status: 'stopped', sessions: 0 });
      await scene.listener.start();
      expect((await scene.session()).text).toBe(text);
    }
    expect(scene.listener.overview().sessionsTotal).toBe(4);
  });

  it('leaves no timer behind, on any path', async () => {
    let armed = 0;
    const { clock } = systemRuntime;
    const counting: typeof clock = {
      nowMs: () => clock.nowMs(),
      wallMs: () => clock.wallMs(),
      schedule: (delayMs, callback) => {
        armed += 1;
        let isArmed = true;
        const end = (): void => {
          if (isArmed) armed -= 1;
          isArmed = false;
        };
        const timer = clock.schedule(delayMs, () => {
          end();
          callback();
        });
        const cancel = (): void => {
          end();
          timer.cancel();
        };
        return { cancel, [Symbol.dispose]: cancel };
      },
    };
    const [s1, s2] = await scene.addServers('s1', 's2');
    const healthCheck = { probe: { kind: 'connect' }, startJitterMs: 0 } as const;
    const servers = [s1!.options, { ...s2!.options, maxSessions: 1 }];
    const passiveHealth = { failures: 1 };
    const listener = scene.listen({
      runtime: { ...systemRuntime, clock: counting },
      pool: { servers, healthCheck, passiveHealth },
    });
    await listener.start();
    await scene.facts.count('serverHealthChanged', 2);
    const [first] = [await scene.session(), await scene.session()];
    first.socket.resetAndDestroy();
    await scene.facts.first('sessionClosed');
    s1!.refuse();
    scene.connect();
    await scene.facts.first('serverEjected');
    const ended = listener.drain({ server: 's2', deadlineMs: 60_000 });
    expect(armed).toBeGreaterThan(0);
    await listener.stop({ graceMs: 0 });
    expect(await ended).toBe('empty');
    expect(armed).toBe(0);
    expect(listener.overview()).toMatchObject({
      sessions: 0,
      queued: 0,
      servers: [{ sessions: 0 }, { sessions: 0 }],
    });
  });

  it('leaves nothing open: the process ends by itself', async () => {
    const program = new URL('../../support/programs/stop-and-exit.ts', import.meta.url).pathname;
    const tsx = new URL('../../../node_modules/.bin/tsx', import.meta.url).pathname;
    const { stdout } = await promisify(execFile)(tsx, [program], { timeout: 15_000 });
    expect(stdout.trim()).toBe('stopped');
  });

  it('comes with the end of a block', async () => {
    await scene.start(1);
    await scene.session();
    {
      await using listener = scene.listener;
      expect(listener.state).toBe('started');
    }
    expect(scene.listener.state).toBe('stopped');
  });
});

describe('a handler that throws', () => {
  it('is told of, and hurts no session', async () => {
    await scene.addServers('s1');
    const listener = scene.listen();
    for (const name of ['decisionMade', 'sessionOpened', 'sessionClosed'] as const) {
      listener.on(name, () => {
        throw new Error(`bad ${name}`);
      });
    }
    await listener.start();
    const client = await scene.session();
    const server = await scene.server('s1').session();
    client.socket.end('all of it');
    await server.untilEnd();
    server.socket.end();
    await client.untilEnd();
    await scene.facts.count('handlerFailed', 3);
    expect(server.text).toBe('all of it');
    expect(scene.facts.of('handlerFailed').map(({ event }) => event)).toEqual([
      'decisionMade',
      'sessionOpened',
      'sessionClosed',
    ]);
    expect(listener.overview()).toMatchObject({ sessions: 0, servers: [{ sessions: 0 }] });
  });
});

describe('the overview', () => {
  it('counts sessions and bytes while they are under way', async () => {
    await scene.start(1);
    const client = await scene.session();
    const server = await scene.server('s1').session();
    client.send('12345');
    await server.untilBytes(5);
    const figures = { sessions: 1, sessionsTotal: 1, bytesFromClients: 5 };
    expect(scene.listener.overview()).toMatchObject({
      ...figures,
      protocol: 'tcp',
      host: '127.0.0.1',
      port: scene.listener.port,
      state: 'started',
      status: 'up',
      bytesFromServers: 2,
      servers: [{ ...figures, name: 's1', port: scene.server('s1').port, bytesFromServer: 2 }],
    });
  });

  it('is up to date in the handler of a session that closed', async () => {
    await scene.start(1);
    const seen: number[] = [];
    scene.listener.on('sessionClosed', () => seen.push(scene.listener.overview().sessions));
    (await scene.session()).socket.resetAndDestroy();
    await scene.facts.first('sessionClosed');
    expect(seen).toEqual([0]);
  });

  it('does not change afterwards', async () => {
    await scene.start(1);
    const before = scene.listener.overview();
    await scene.session();
    expect(before).toMatchObject({ sessions: 0, servers: [{ sessions: 0 }] });
  });
});
