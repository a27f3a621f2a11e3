import { afterEach, describe, expect, it } from 'vitest';
import { answerWith, bodiesOf, get, ok, sayOnce } from '../../support/virtual-http.ts';
import { VirtualScene, type SceneOptions, type VirtualEnd } from '../../support/virtual-scene.ts';

let scene: VirtualScene;

/** Servers that answer with their names. */
async function start(options: SceneOptions = {}): Promise<void> {
  scene = await VirtualScene.start({ mode: 'http', ...options });
  for (const server of scene.servers) answerWith(server, () => ok(server.name));
}

async function ask(): Promise<VirtualEnd> {
  const client = scene.connect().send(get('/'));
  await scene.network.run();
  return client;
}

afterEach(async () => {
  await scene.stop();
});

describe('idle → connecting → reached', () => {
  it('goes to another server where one refuses', async () => {
    await start({ servers: ['Ax', 'B'] });
    expect(bodiesOf((await ask()).text)).toEqual(['B']);
    expect(scene.facts.of('connectFailed')).toMatchObject([
      { server: 'Ax', error: 'SLUICE_ERR_CONNECT_REFUSED' },
    ]);
  });

  it('goes to another server where one is silent, in time, and leaves nothing there', async () => {
    await start({ connectTimeoutMs: 1000 });
    scene.server(0).host.isSilent = true;
    const client = await ask();
    await scene.network.advance(990);
    expect(client.text).toBe('');
    await scene.network.advance(300);
    expect(bodiesOf(client.text)).toEqual(['B']);
    scene.server(0).host.isSilent = false;
    await scene.network.run();
    expect(scene.server(0).accepted).toHaveLength(0);
  });

  it('gives up after so many servers', async () => {
    await start({ servers: ['Ax', 'Bx', 'Cx', 'D'], maxConnectAttempts: 2 });
    expect((await ask()).text).toMatch(/^HTTP\/1.1 503 /);
    expect(scene.facts.of('connectFailed')).toHaveLength(2);
    expect(scene.facts.of('clientRefused')).toMatchObject([{ reason: 'no-server' }]);
  });

  it('answers 503 where no server may be used', async () => {
    await start();
    for (const name of ['A', 'B']) scene.listener.pool.setAdminState(name, 'halt');
    expect((await ask()).text).toMatch(/^HTTP\/1.1 503 /);
  });

  it('selects anew where a drain comes to its end while the server is being connected to', async () => {
    await start();
    scene.server(0).host.isSilent = true;
    const client = await ask();
    const drained = scene.listener.drain({ server: 'A', deadlineMs: 100 });
    await scene.network.advance(100);
    await scene.network.run();
    expect([await drained, bodiesOf(client.text)]).toEqual(['deadline', ['B']]);
  });

  it('stops connecting for a client that is gone', async () => {
    await start({ servers: ['A'] });
    scene.server(0).host.isSilent = true;
    const client = await ask();
    client.reset();
    await scene.network.run();
    expect(scene.listener.pool.servers[0]?.sessions).toBe(0);
    scene.server(0).host.isSilent = false;
    await scene.network.run();
    expect(scene.server(0).accepted).toHaveLength(0);
  });
});

describe('idle → queued', () => {
  /** One server with one place, and a first client that has it and gets no answer. */
  async function full(pool: SceneOptions['pool'] = {}): Promise<VirtualEnd> {
    await start({ servers: ['A'], eachServer: { maxSessions: 1 }, pool: { maxQueued: 2, ...pool } });
    sayOnce(scene.server(0), '');
    const first = await ask();
    answerWith(scene.server(0), () => ok('A'));
    return first;
  }

  it('connects when the place is free, in the order of asking', async () => {
    const first = await full();
    const [second, third] = [await ask(), await ask()];
    const answered: string[] = [];
    second.recorder.on.data = () => void answered.push('second');
    third.recorder.on.data = () => void answered.push('third');
    first.reset();
    await scene.network.run();
    expect([...new Set(answered)]).toEqual(['second', 'third']);
    expect([bodiesOf(second.text), bodiesOf(third.text)]).toEqual([['A'], ['A']]);
  });

  it('answers 503 at once where the queue is full, and after its time', async () => {
    await full({ queueTimeoutMs: 1000 });
    const [second, third, fourth] = [await ask(), await ask(), await ask()];
    expect([second.text, third.text, fourth.text.slice(0, 12)]).toEqual(['', '', 'HTTP/1.1 503']);
    await scene.network.advance(1600);
    expect([second, third].map(({ text }) => text.slice(0, 12))).toEqual(['HTTP/1.1 503', 'HTTP/1.1 503']);
    const reasons = scene.facts.of('clientRefused').map(({ reason }) => reason);
    expect(reasons).toEqual(['queue-full', 'queue-timeout', 'queue-timeout']);
  });

  it('forgets a client that is gone', async () => {
    const first = await full();
    const gone = await ask();
    gone.reset();
    await scene.network.run();
    first.reset();
    await scene.network.run();
    expect(bodiesOf((await ask()).text)).toEqual(['A']);
  });
});
