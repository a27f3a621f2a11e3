import { afterEach, describe, expect, it } from 'vitest';
import { forEachSeed } from '../../support/seeds.ts';
import { answerWith, bodiesOf, get, ok, post, sayOnce } from '../../support/virtual-http.ts';
import { VirtualScene, type SceneOptions, type VirtualEnd } from '../../support/virtual-scene.ts';

let scene: VirtualScene;

async function start(options: SceneOptions = {}): Promise<void> {
  scene = await VirtualScene.start({ mode: 'http', servers: ['A'], ...options });
}

/** A client that has asked, and has got what there is to get without waiting. */
async function ask(request: string): Promise<VirtualEnd> {
  const client = scene.connect().send(request);
  await scene.network.run();
  return client;
}

function statuses(): readonly number[] {
  return scene.facts.of('exchangeFinished').map(({ status }) => status);
}

afterEach(async () => {
  await scene.stop();
});

describe('idle → reaching → awaiting → responding → idle', () => {
  it('answers one request after the other, on one connection to the server', async () => {
    await start();
    answerWith(scene.server(0), (index) => ok(`answer ${index}`));
    const client = await ask(get('/one'));
    client.send(get('/two'));
    await scene.network.run();
    expect(bodiesOf(client.text)).toEqual(['answer 0', 'answer 1']);
    expect(scene.server(0).accepted).toHaveLength(1);
    expect(statuses()).toEqual([200, 200]);
  });

  it('answers what is asked ahead in its order, and never two at once', async () => {
    await start({ servers: ['A', 'B'] });
    for (const server of scene.servers) answerWith(server, () => ok(server.name));
    const client = await ask(get('/1') + get('/2') + post('/3', 'body') + get('/4'));
    expect(bodiesOf(client.text)).toEqual(['A', 'B', 'A', 'B']);
  });

  it('is over before its request where the answer comes early', async () => {
    await start();
    scene.server(0).onData = (end) => {
      if (end.recorder.byteCount < 400)
        end.send('HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n');
    };
    const client = await ask(post('/large', 'x'.repeat(1000)).slice(0, -500));
    expect(client.text).toMatch(/^HTTP\/1.1 413 [^]*\r\nConnection: close\r\n/);
    client.end();
    await scene.network.run();
    expect(statuses()).toEqual([413]);
  });
});

describe('awaiting → reaching', () => {
  /** The first request is answered; the connection dies when the second one comes to it. */
  async function dyingServer(): Promise<VirtualEnd> {
    await start();
    answerWith(scene.server(0), (index, _body, end) => {
      if (index === 0) return ok(`from ${scene.server(0).accepted.length}`);
      end.reset();
      return '';
    });
    return ask(get('/one'));
  }

  it('sends a request without a body again where a reused connection died', async () => {
    const client = await dyingServer();
    client.send(get('/two'));
    await scene.network.run();
    expect(bodiesOf(client.text)).toEqual(['from 1', 'from 2']);
  });

  it('never sends one twice that may do something', async () => {
    const client = await dyingServer();
    client.send(post('/two', 'body'));
    await scene.network.run();
    expect(client.text).toContain('HTTP/1.1 502 ');
    expect(scene.server(0).accepted).toHaveLength(1);
  });

  it('never sends one again that was on a new connection', async () => {
    await start();
    sayOnce(scene.server(0), '', (end) => {
      end.reset();
    });
    const client = await ask(get('/one'));
    expect(client.text).toMatch(/^HTTP\/1.1 502 /);
    expect(scene.server(0).accepted).toHaveLength(1);
  });
});

describe('awaiting → idle', () => {
  it.each([
    ['nothing', ''],
    ['a part of a head', 'HTTP/1.1 200 OK\r\nContent-'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['an upgrade that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
  ])('answers 502 where a server says %s, and ends', async (_what, text) => {
    await start();
    sayOnce(scene.server(0), text, (end) => {
      end.end();
    });
    const client = await ask(get('/'));
    expect(client.text).toMatch(/^HTTP\/1.1 502 /);
    expect(statuses()).toEqual([502]);
  });

  it('answers 504 where a server thinks for too long', async () => {
    await start({ responseTimeoutMs: 1000 });
    const client = await ask(get('/'));
    await scene.network.advance(999);
    expect(client.text).toBe('');
    await scene.network.advance(600);
    expect(client.text).toMatch(/^HTTP\/1.1 504 /);
  });

  it('answers 408 where the rest of a body does not come', async () => {
    await start({ bodyTimeoutMs: 1000 });
    const client = await ask(post('/', 'whole').slice(0, -1));
    await scene.network.advance(2000);
    expect(client.text).toMatch(/^HTTP\/1.1 408 /);
    expect(scene.facts.of('clientRefused')).toMatchObject([{ reason: 'timeout' }]);
  });

  it('drops the server connection of a client that is gone', async () => {
    await start();
    const client = await ask(get('/'));
    client.reset();
    await scene.network.run();
    expect(scene.server(0).last.recorder.closeError?.code).toBe('SLUICE_ERR_RESET');
    expect(statuses()).toEqual([0]);
  });
});

describe('responding → idle', () => {
  it.each([
    ['by length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345'],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n'],
  ])('shows a client that a body %s is not whole', async (_how, text) => {
    await start();
    sayOnce(scene.server(0), text);
    const client = await ask(get('/') + get('/next'));
    scene.server(0).last.reset();
    await scene.network.run();
    expect(client.text).toContain('12345');
    expect(client.text.match(/HTTP\/1.1/g)).toHaveLength(1);
    expect(['end', 'close']).toContain(client.recorder.events.at(-1));
    client.end();
    await scene.network.run();
    expect(scene.facts.of('sessionClosed')).toMatchObject([{ reason: 'server-reset' }]);
  });

  it('resets a client that would take a broken body for whole', async () => {
    await start();
    sayOnce(scene.server(0), 'HTTP/1.1 200 OK\r\n\r\nso far');
    const client = await ask(get('/'));
    scene.server(0).last.reset();
    await scene.network.run();
    expect(client.recorder.closeError?.code).toBe('SLUICE_ERR_RESET');
  });
});

describe('awaiting → tunnelling → idle', () => {
  const upgrade = get('/socket', 'Connection: Upgrade', 'Upgrade: websocket');
  const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

  async function tunnel(early = ''): Promise<VirtualEnd> {
    await start();
    sayOnce(scene.server(0), `${switching}welcome`);
    return ask(upgrade + early);
  }

  it('carries both ways, what came early too, and FIN each way by itself', async () => {
    const client = await tunnel('early');
    expect(client.text).toMatch(/^HTTP\/1.1 101 [^]*\r\n\r\nwelcome$/);
    const server = scene.server(0).last;
    expect(server.text).toMatch(/\r\n\r\nearly$/);
    client.send(' and late').end();
    await scene.network.run();
    expect([server.text.endsWith('early and late'), server.recorder.events.at(-1)]).toEqual([true, 'end']);
    server.send(', bye').end();
    await scene.network.run();
    expect(client.text.endsWith('welcome, bye')).toBe(true);
    expect(client.recorder.closeError).toBeUndefined();
    expect(statuses()).toEqual([101]);
  });

  it.each(['client', 'server'] as const)('ends with a reset by the %s', async (side) => {
    const client = await tunnel();
    const server = scene.server(0).last;
    (side === 'client' ? client : server).reset();
    await scene.network.run();
    const other = side === 'client' ? server : client;
    expect(other.recorder.closeError?.code).toBe('SLUICE_ERR_RESET');
    expect(statuses()).toEqual([101]);
  });
});

it('gives every client its own answers, whole and in order, whatever is cut and delayed', async () => {
  await forEachSeed(25, async (seed) => {
    await start({ network: { seed, sendBufferBytes: 4000, receiveBufferBytes: 3000 }, servers: ['A', 'B'] });
    const { network } = scene;
    network.conditions.delayMs = network.between(0, 2);
    // What is asked comes back, twice.
    for (const server of scene.servers) answerWith(server, (_index, body) => ok(body + body));
    const clients = Array.from({ length: 5 }, (_, client) => {
      const bodies = Array.from({ length: 4 }, (_unused, index) =>
        `${client}.${index} `.repeat(Math.floor(network.random() * 1000)),
      );
      return { end: scene.connect().send(bodies.map((body) => post('/', body)).join('')), bodies };
    });
    network.pump();
    for (const { end, bodies } of clients)
      expect(bodiesOf(end.text)).toEqual(bodies.map((body) => body + body));
    await scene.stop();
  });
});

it('leaves nothing behind, wherever clients and servers break off', async () => {
  await forEachSeed(40, async (seed) => {
    await start({ network: { seed }, servers: ['A', 'Bx'] });
    const { network } = scene;
    network.conditions.delayMs = network.between(0, 5);
    answerWith(scene.server(0), (_index, body) => ok(body));
    const clients = Array.from({ length: 6 }, (_, index) =>
      scene.connect().send(get('/') + post('/', 'x'.repeat(index * 100))),
    );
    for (let i = 0; i < 10; i++) {
      scene.happen(Math.floor(network.random() * 20));
      const ends = [...clients, ...scene.server(0).accepted];
      const end = ends[Math.floor(network.random() * ends.length)];
      if (network.random() < 0.5) end?.end();
      else end?.reset();
    }
    network.pump();
    for (const client of clients) client.reset();
    network.pump();
    await scene.stop();
    const finished = scene.facts.of('sessionClosed').map(({ sessionId }) => sessionId);
    expect(new Set(finished).size).toBe(finished.length);
  });
});
