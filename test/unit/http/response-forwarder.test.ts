import { afterEach, describe, expect, it } from 'vitest';
import { forEachSeed } from '../../support/seeds.ts';
import {
  answerWith,
  bodiesOf,
  chunked,
  get,
  ok,
  sayOnce,
  unchunk,
  words,
} from '../../support/virtual-http.ts';
import { VirtualScene, type SceneOptions, type VirtualEnd } from '../../support/virtual-scene.ts';

let scene: VirtualScene;

async function start(options: SceneOptions = {}): Promise<void> {
  scene = await VirtualScene.start({ mode: 'http', servers: ['A'], ...options });
}

async function ask(request = get('/')): Promise<VirtualEnd> {
  const client = scene.connect().send(request);
  await scene.network.run();
  return client;
}

const chunkedHead = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const http10 = 'GET / HTTP/1.0\r\nHost: pacs.test\r\n\r\n';

afterEach(async () => {
  await scene.stop();
});

it('carries bodies of every framing whole, however they are cut, at the pace of the client', async () => {
  await forEachSeed(30, async (seed) => {
    await start({ network: { seed, sendBufferBytes: 4000, receiveBufferBytes: 3000 } });
    const { network } = scene;
    const body = 'abcdefghij'.repeat(1 + Math.floor(network.random() * 8000));
    const framings = [
      ok(body),
      chunkedHead + chunked(body, 1 + Math.floor(network.random() * body.length)),
      ok(''),
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n',
      `HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${ok(body)}`,
    ];
    answerWith(scene.server(0), (index) => framings[index] ?? ok('last'));
    const client = scene.connect();
    client.send(get('/').repeat(framings.length) + get('/last'));
    for (let i = 0; i < 10; i++) {
      client.connection.pause();
      scene.happen(Math.floor(network.random() * 50));
      client.connection.resume();
      scene.happen(Math.floor(network.random() * 50));
    }
    network.pump();
    const { text } = client;
    expect(text.endsWith('\r\n\r\nlast')).toBe(true);
    expect(text.match(/HTTP\/1.1 \d+/g)?.map((line) => line.slice(9))).toEqual([
      '200',
      '200',
      '200',
      '304',
      '103',
      '200',
      '200',
    ]);
    expect(text.replace(/\r\n[\da-f]+\r\n/g, '').split(body).length - 1).toBeGreaterThanOrEqual(2);
    await scene.stop();
  });
});

it('carries chunks that the engine relays by itself, however they are cut', async () => {
  await forEachSeed(12, async (seed) => {
    await start({ network: { seed, sendBufferBytes: 9000, receiveBufferBytes: 9000 } });
    const body = words(400_000);
    answerWith(scene.server(0), () => chunkedHead + chunked(body, 66_000));
    const client = scene.connect().send(get('/'));
    scene.network.pump();
    const { body: received, rest } = unchunk(client.text);
    expect([received === body, rest]).toEqual([true, '']);
    await scene.stop();
  });
});

describe('where only the end tells', () => {
  it('ends the client as the server ended', async () => {
    await start();
    sayOnce(scene.server(0), 'HTTP/1.1 200 OK\r\n\r\nto the end', (end) => {
      end.end();
    });
    const client = await ask();
    expect(client.text).toMatch(/\r\nConnection: close\r\n[^]*\r\nto the end$/);
    expect(client.recorder.events.at(-1)).toBe('end');
  });

  it('gives HTTP/1.0 the body without chunks, and the end', async () => {
    await start();
    sayOnce(scene.server(0), chunkedHead + chunked('in three chunks', 5));
    const client = await ask(http10);
    expect(client.text).toMatch(/\r\n\r\nin three chunks$/);
    expect(client.text).not.toMatch(/transfer-encoding/i);
    expect(client.recorder.events.at(-1)).toBe('end');
  });
});

describe('interim responses', () => {
  it('pass, but not to HTTP/1.0', async () => {
    await start();
    answerWith(scene.server(0), () => `HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${ok('final')}`);
    expect((await ask()).text).toMatch(/^HTTP\/1.1 103 [^]*HTTP\/1.1 200 [^]*final$/);
    const old = await ask(http10);
    expect(old.text).toMatch(/^HTTP\/1.[01] 200 [^]*final$/);
  });

  it('are a fault where they do not end', async () => {
    await start();
    sayOnce(scene.server(0), 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(50));
    expect((await ask()).text).toMatch(/HTTP\/1.1 502 [^]*$/);
    expect(scene.server(0).last.connection.isClosed).toBe(true);
  });
});

it('has a body for nobody who asked HEAD', async () => {
  await start();
  answerWith(scene.server(0), (index) =>
    index === 0 ? 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n' : ok('body'),
  );
  const client = await ask(get('/').replace('GET', 'HEAD') + get('/'));
  expect(client.text.match(/HTTP\/1.1 200/g)).toHaveLength(2);
  expect(client.text).toMatch(/Content-Length: 1000\r\n[^]*\r\nHTTP\/1.1 200 [^]*\r\n\r\nbody$/i);
});

it('gives no client what nobody asked for', async () => {
  await start();
  sayOnce(scene.server(0), ok('asked') + ok('unasked'));
  const [first, second] = [await ask(), await ask()];
  expect(bodiesOf(first.text)).toEqual(['asked']);
  expect(bodiesOf(second.text)).toEqual(['asked']);
  expect(scene.server(0).accepted).toHaveLength(2);
});

it('reads no more of a server than its client takes', async () => {
  await start({ network: { sendBufferBytes: 20_000, receiveBufferBytes: 20_000 } });
  const body = 'x'.repeat(1_000_000);
  sayOnce(scene.server(0), ok(body));
  const client = scene.connect();
  client.connection.pause();
  client.send(get('/'));
  await scene.network.run();
  expect(scene.listener.overview().bytesFromServers).toBeLessThan(200_000);
  client.connection.resume();
  await scene.network.run();
  expect(bodiesOf(client.text)).toEqual([body]);
});
