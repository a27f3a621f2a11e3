import { afterEach, describe, expect, it } from 'vitest';
import { answerWith, bodiesOf, get, ok, post, sayOnce } from '../../support/virtual-http.ts';
import { VirtualScene, type SceneOptions, type VirtualEnd } from '../../support/virtual-scene.ts';

let scene: VirtualScene;

async function start(options: SceneOptions = {}): Promise<void> {
  scene = await VirtualScene.start({ mode: 'http', servers: ['A'], ...options });
  answerWith(scene.server(0), (_index, body) => ok(`A${body}`));
}

async function connected(text = ''): Promise<VirtualEnd> {
  const client = scene.connect().send(text);
  await scene.network.run();
  return client;
}

afterEach(async () => {
  await scene.stop();
});

describe('what arrives', () => {
  it('may be cut anywhere: byte by byte, and many requests at once', async () => {
    await start({ network: { reads: () => 1 } });
    const requests = get('/1') + post('/2', 'body') + get('/3');
    const client = await connected();
    for (const byte of requests) {
      client.send(byte);
      await scene.network.run();
    }
    expect(bodiesOf(client.text)).toEqual(['A', 'Abody', 'A']);
    expect(bodiesOf((await connected(requests)).text)).toEqual(['A', 'Abody', 'A']);
  });

  it('waits while an answer is due, and is not read without end', async () => {
    await start({ network: { sendBufferBytes: 10_000, receiveBufferBytes: 10_000 } });
    sayOnce(scene.server(0), '');
    const client = await connected(get('/first'));
    const ahead = get('/next', `X: ${'x'.repeat(900)}`);
    for (let i = 0; i < 1000; i++) client.send(ahead);
    await scene.network.run();
    const [session] = scene.servers;
    expect(session!.accepted).toHaveLength(1);
    expect(client.connection.bytesWritten).toBeGreaterThan(900_000);
    expect(scene.listener.overview().bytesFromClients).toBeLessThan(300_000);
    client.reset();
  });

  it('is refused where it is no HTTP, after what was asked before it', async () => {
    await start();
    const client = await connected(`${get('/1')}nonsense\r\n\r\n${get('/2')}`);
    expect(client.text).toMatch(/^HTTP\/1.1 200 [^]*HTTP\/1.1 400 [^]*\r\nConnection: close\r\n/);
    expect(client.text.match(/HTTP\/1.1/g)).toHaveLength(2);
    expect(client.recorder.events.at(-1)).toBe('end');
  });
});

describe('time limits', () => {
  it('end a connection on which nothing is asked, without a word', async () => {
    await start({ headTimeoutMs: 1000 });
    const client = await connected();
    await scene.network.advance(1600);
    expect([client.text, client.recorder.events.at(-1)]).toEqual(['', 'end']);
  });

  it('answer 408 to a head that trickles in, however active the client is', async () => {
    await start({ headTimeoutMs: 1000 });
    const client = await connected();
    for (const byte of get('/slow').slice(0, 18)) {
      client.send(byte);
      await scene.network.advance(100);
    }
    expect(client.text).toMatch(/^HTTP\/1.1 408 /);
  });

  it('count for a next head from its first byte, and for silence between requests', async () => {
    await start({ headTimeoutMs: 1000, keepAliveTimeoutMs: 5000 });
    const client = await connected(get('/1'));
    await scene.network.advance(4000);
    client.send(get('/2'));
    await scene.network.advance(4900);
    expect([bodiesOf(client.text).length, client.recorder.events.includes('end')]).toEqual([2, false]);
    await scene.network.advance(1000);
    expect(client.recorder.events.at(-1)).toBe('end');
    expect(bodiesOf(client.text)).toHaveLength(2);
  });
});

describe('the end of a client', () => {
  it('by FIN, when nothing is asked, ends the connection in good order', async () => {
    await start();
    const client = await connected(get('/1'));
    client.end();
    await scene.network.run();
    expect([client.recorder.events.at(-1), client.recorder.closeError]).toEqual(['close', undefined]);
    expect(scene.facts.of('sessionClosed')).toMatchObject([{ reason: 'finished' }]);
  });

  it('by FIN behind its request gets its answer where the service says so', async () => {
    await start({ abortOnClientEnd: false });
    const client = scene.connect().send(get('/1') + get('/2'));
    client.end();
    await scene.network.run();
    expect(bodiesOf(client.text)).toEqual(['A', 'A']);
    expect(client.recorder.events.at(-1)).toBe('close');
  });

  it('by a reset in the midst of a body resets the server', async () => {
    await start();
    const client = await connected(post('/', 'whole body').slice(0, -3));
    client.reset();
    await scene.network.run();
    expect(scene.server(0).last.recorder.closeError?.code).toBe('SLUICE_ERR_RESET');
    expect(scene.facts.of('sessionClosed')).toMatchObject([{ reason: 'client-reset' }]);
  });
});

it('gets all it asked for, however slow it reads', async () => {
  await start({ network: { sendBufferBytes: 2000, receiveBufferBytes: 1000 } });
  const large = 'x'.repeat(50_000);
  answerWith(scene.server(0), () => ok(large));
  const client = await connected();
  client.connection.pause();
  client.send(get('/1') + get('/2'));
  await scene.network.advance(1000);
  // What a client does not read is not read from its server either.
  expect(scene.listener.overview().bytesFromServers).toBeLessThan(50_000);
  for (let i = 0; i < 20; i++) {
    client.connection.resume();
    scene.happen(20);
    client.connection.pause();
    await scene.network.advance(100);
  }
  client.connection.resume();
  await scene.network.run();
  expect(bodiesOf(client.text)).toEqual([large, large]);
});

it('says Connection: close with the last of its requests', async () => {
  await start({ maxRequestsPerConnection: 2 });
  const client = await connected(get('/1') + get('/2') + get('/3'));
  expect(bodiesOf(client.text)).toHaveLength(2);
  const [first, second] = client.text.split('A').map((head) => head.includes('Connection: close'));
  expect([first, second]).toEqual([false, true]);
});
