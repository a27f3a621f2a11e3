import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TcpScene } from './tcp-scene.ts';

let scene: TcpScene;

beforeEach(() => {
  scene = new TcpScene();
});

afterEach(() => scene.close());

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('bytes through a TCP listener', () => {
  it('reach both sides', async () => {
    await scene.start(1);
    const client = await scene.session();
    const server = await scene.server('s1').session();
    client.send('ping');
    await server.untilBytes(4);
    server.send('pong');
    await client.untilBytes(6);
    expect([server.text, client.text]).toEqual(['ping', 's1pong']);
  });

  it('are the same on both sides, 20 MiB each way at once', async () => {
    await scene.start(1);
    const client = await scene.session();
    const server = await scene.server('s1').session();
    const [up, down] = [randomBytes(20 * 2 ** 20), randomBytes(20 * 2 ** 20)];
    client.socket.end(up);
    server.socket.end(down);
    await Promise.all([client.untilEnd(), server.untilEnd()]);
    expect(digest(server.bytes)).toBe(digest(up));
    expect(digest(client.bytes.subarray(2))).toBe(digest(down));
    const closed = await scene.facts.first('sessionClosed');
    expect(closed).toMatchObject({
      reason: 'finished',
      error: undefined,
      bytesFromClient: up.length,
      bytesFromServer: down.length + 2,
    });
  });

  it('are not looked at: garbage passes', async () => {
    await scene.start(1);
    const client = await scene.session();
    const server = await scene.server('s1').session();
    const garbage = Buffer.concat([Buffer.from('GET \0\r\n\r\n\xff', 'latin1'), randomBytes(70_000)]);
    client.send(garbage);
    await server.untilBytes(garbage.length);
    expect(server.bytes.equals(garbage)).toBe(true);
  });

  it('sent before the server stands arrive too', async () => {
    await scene.start(1);
    const client = scene.connect();
    client.send('early');
    const server = await scene.server('s1').session();
    await server.untilBytes(5);
    expect(server.text).toBe('early');
  });
});

describe('the end of a direction', () => {
  it('of the client: the server learns it and still sends', async () => {
    await scene.start(1);
    const client = await scene.session();
    const server = await scene.server('s1').session();
    client.socket.end('last');
    await server.untilEnd();
    expect(server.text).toBe('last');
    server.send('still here');
    await client.untilBytes(12);
    expect(client.hasEnded).toBe(false);
    server.socket.end();
    await client.untilEnd();
    expect((await scene.facts.first('sessionClosed')).reason).toBe('finished');
    expect([client.errorCode, server.errorCode]).toEqual([undefined, undefined]);
  });

  it('of the server: the client learns it and still sends', async () => {
    await scene.start(1);
    const client = await scene.session();
    const server = await scene.server('s1').session();
    server.socket.end('bye');
    await client.untilEnd();
    client.send('still here');
    await server.untilBytes(10);
    expect([client.text, server.text, server.hasEnded]).toEqual(['s1bye', 'still here', false]);
    client.socket.end();
    await server.untilEnd();
    expect((await scene.facts.first('sessionClosed')).reason).toBe('finished');
  });
});

describe('a reset', () => {
  it('of the client reaches the server as a reset', async () => {
    await scene.start(1);
    const client = await scene.session();
    const server = await scene.server('s1').session();
    client.socket.resetAndDestroy();
    await server.untilReset();
    expect(server.wasReset).toBe(true);
    expect(await scene.facts.first('sessionClosed')).toMatchObject({
      reason: 'client-reset',
      error: 'SLUICE_ERR_RESET',
      server: 's1',
    });
  });

  it('of the server reaches the client as a reset', async () => {
    await scene.start(1);
    const client = await scene.session();
    const server = await scene.server('s1').session();
    server.socket.resetAndDestroy();
    await client.untilReset();
    expect(client.wasReset).toBe(true);
    expect((await scene.facts.first('sessionClosed')).reason).toBe('server-reset');
  });

  it('of one client leaves the others alone', async () => {
    await scene.start(1);
    const [first, second] = [await scene.session(), await scene.session()];
    first.socket.resetAndDestroy();
    await scene.facts.first('sessionClosed');
    second.send('unhurt');
    const server = await scene.server('s1').session(1);
    await server.untilBytes(6);
    expect(server.text).toBe('unhurt');
  });
});

describe('back-pressure', () => {
  it('stops a fast server while its client does not read, and then all arrives', async () => {
    await scene.start(1);
    const socket = connect({ host: '127.0.0.1', port: scene.listener.port });
    socket.on('error', () => undefined).pause();
    const server = await scene.server('s1').session();
    const total = 64 * 2 ** 20;
    const chunk = Buffer.alloc(2 ** 20, 7);
    const memoryBefore = process.memoryUsage().arrayBuffers;
    // Node keeps what the kernel does not take, so the server writes only as much as is taken.
    let sent = 0;
    const write = (): void => {
      while (sent < total && server.socket.write(chunk)) sent += chunk.length;
    };
    const pump = (): void => {
      if (sent >= total) return;
      sent += chunk.length;
      write();
    };
    server.socket.on('drain', pump);
    write();
    let [last, rounds] = [-1, 0];
    // It stands still once the buffers of the kernel are full: nothing moves for several looks.
    while (rounds < 5) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      const moved = scene.listener.overview().bytesFromServers;
      rounds = moved === last ? rounds + 1 : 0;
      last = moved;
    }
    expect(last).toBeLessThan(total / 2);
    expect(process.memoryUsage().arrayBuffers - memoryBefore).toBeLessThan(8 * 2 ** 20);

    let received = 0;
    const all = new Promise<void>((resolve) => {
      socket.on('data', (bytes: Buffer) => {
        received += bytes.length;
        if (received >= total + 2) resolve();
      });
    });
    socket.resume();
    await all;
    socket.destroy();
  });
});
