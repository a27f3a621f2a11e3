import { afterEach, expect, it } from 'vitest';
import { forEachSeed } from '../../support/seeds.ts';
import {
  answerWith,
  bodiesOf,
  chunked,
  get,
  ok,
  post,
  sayOnce,
  unchunk,
  words,
} from '../../support/virtual-http.ts';
import { VirtualScene, type SceneOptions } from '../../support/virtual-scene.ts';

let scene: VirtualScene;

async function start(options: SceneOptions = {}): Promise<void> {
  scene = await VirtualScene.start({ mode: 'http', servers: ['A'], ...options });
}

const chunkedPost = ['POST / HTTP/1.1', 'Host: pacs.test', 'Transfer-Encoding: chunked', '', ''].join('\r\n');

afterEach(async () => {
  await scene.stop();
});

it('carries a body by length as it is, however it is cut', async () => {
  await forEachSeed(30, async (seed) => {
    await start({ network: { seed, sendBufferBytes: 3000, receiveBufferBytes: 5000 } });
    answerWith(scene.server(0), (_index, body) => ok(String(body.length)));
    const bodies = [words(1), words(70_000), '', words(5000)];
    const client = scene.connect();
    for (const body of bodies) client.send(post('/', body));
    scene.network.pump();
    expect(bodiesOf(client.text)).toEqual(['1', '70000', '0', '5000']);
    expect(bodiesOf(scene.server(0).last.text)).toEqual(bodies);
    await scene.stop();
  });
});

it.each([7, 1000, 65_536, 100_000])('carries chunks of %d bytes, however they are cut', async (size) => {
  await forEachSeed(12, async (seed) => {
    await start({ network: { seed, sendBufferBytes: 9000, receiveBufferBytes: 9000 } });
    const { network } = scene;
    const body = words(size === 7 ? 3000 : 150_000);
    const client = scene.connect();
    const text = chunkedPost + chunked(body, size) + get('/next');
    // In pieces as well, so that what has arrived may end anywhere.
    for (let at = 0; at < text.length;) {
      const end = Math.min(text.length, at + 1 + Math.floor(network.random() * size * 1.5));
      client.send(text.slice(at, end));
      scene.happen(Math.floor(network.random() * 30));
      at = end;
    }
    network.pump();
    const server = scene.server(0).last;
    const { body: received, rest } = unchunk(server.text);
    expect(received === body).toBe(true);
    expect(rest).toBe('');
    await scene.stop();
  });
});

it('takes from a client no faster than its server takes it', async () => {
  await start({ network: { sendBufferBytes: 20_000, receiveBufferBytes: 20_000 } });
  const client = scene.connect().send(post('/', 'x'.repeat(2_000_000)));
  await scene.network.until(() => scene.server(0).accepted.length > 0);
  const server = scene.server(0).last;
  server.connection.pause();
  await scene.network.run();
  const read = scene.listener.overview().bytesFromClients;
  expect(read).toBeLessThan(400_000);
  await scene.network.run();
  expect(scene.listener.overview().bytesFromClients).toBe(read);
  answerWith(scene.server(0), (_index, body) => ok(String(body.length)));
  server.connection.resume();
  await scene.network.run();
  expect(bodiesOf(client.text)).toEqual(['2000000']);
});

it.each(['before', 'after'])('answers 400 where a chunk is none, %s others went through', async (when) => {
  await start();
  sayOnce(scene.server(0), '');
  const client = scene.connect().send(chunkedPost);
  if (when === 'after') client.send('5\r\nhello\r\n');
  await scene.network.run();
  client.send(`0x5\r\n${get('/smuggled')}`);
  await scene.network.run();
  expect(client.text).toMatch(/^HTTP\/1.1 400 /);
  const server = scene.server(0).last;
  expect(server.text).not.toContain('smuggled');
  expect(server.recorder.closeError?.code).toBe('SLUICE_ERR_RESET');
});

it('sends the bytes of a next request to no server as a part of this one', async () => {
  await start({ servers: ['A', 'B'] });
  for (const server of scene.servers) answerWith(server, (_index, body) => ok(server.name + body));
  const client = scene.connect().send(post('/1', 'one') + post('/2', 'two'));
  await scene.network.run();
  expect(bodiesOf(client.text)).toEqual(['Aone', 'Btwo']);
  expect(scene.servers.map(({ last }) => bodiesOf(last.text))).toEqual([['one'], ['two']]);
});
