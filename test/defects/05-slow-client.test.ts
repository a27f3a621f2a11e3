import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { linuxProblem } from '../../src/engine/linux/self-test.ts';
import type { HttpOptions } from '../../src/http/http-options.ts';
import { TcpScene } from '../integration/tcp/tcp-scene.ts';
import {
  closeAll,
  eventually,
  openHttpService,
  openRawServer,
  RawClient,
  type HttpServiceUnderTest,
} from '../support/http-harness.ts';

afterEach(closeAll);

/** Only the Linux engine sees what the system has not delivered. */
const seesSystem = process.env['SLUICE_ENGINE'] !== 'portable' && linuxProblem() === undefined;

const someBytes = 1_500_000;
const manyBytes = 20_000_000;

function responseOf(size: number): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`;
}

function hasWritten({ accepted }: HttpServiceUnderTest, size: number): boolean {
  return (accepted[0]?.bytesWritten ?? 0) >= size;
}

/** A client that asks, and then reads nothing. */
async function open(size: number, http: HttpOptions, ...lines: string[]) {
  const response = responseOf(size);
  const server = await openRawServer(({ socket }) => socket.write(response));
  const service = await openHttpService({ servers: [server.port], http });
  const closed = service.record('sessionClosed');
  const client = await RawClient.connect(service.port);
  client.socket.pause();
  client.send([...(lines.length > 0 ? lines : ['GET / HTTP/1.1']), 'Host: pacs.test', '', ''].join('\r\n'));
  const isWhole = (text: string): boolean => text.length >= size && text.endsWith('x'.repeat(1_000));
  return { service, closed, client, isWhole };
}

describe('defect 5: a slow client', () => {
  it.each([
    ['Connection: close', {}, ['GET / HTTP/1.1', 'Connection: close']],
    ['HTTP/1.0', {}, ['GET / HTTP/1.0']],
    ['the last request of a connection', { maxRequestsPerConnection: 1 }, ['GET / HTTP/1.1']],
  ])('gets the end of its response after a long pause: %s', async (_what, options, lines) => {
    const http = { ...options, lingerTimeoutMs: 50, bodyTimeoutMs: 10_000 };
    const { service, closed, client, isWhole } = await open(someBytes, http, ...lines);
    await eventually(() => hasWritten(service, someBytes));
    await pause(200);
    client.socket.resume();
    expect(await client.ended()).toBe('end');
    expect(isWhole(client.received)).toBe(true);
    await eventually(() => closed.length === 1);
    expect(closed[0]?.reason).toBe('finished');
  });

  it('gets it during a drain', async () => {
    const { service, client, isWhole } = await open(someBytes, {
      lingerTimeoutMs: 50,
      bodyTimeoutMs: 10_000,
    });
    await eventually(() => hasWritten(service, someBytes));
    const drained = service.path.drain();
    await pause(200);
    client.socket.resume();
    expect(await client.ended()).toBe('end');
    expect(isWhole(client.received)).toBe(true);
    await drained;
  });

  it('gets it while it takes it, however long that lasts', async () => {
    const http = { lingerTimeoutMs: 50, bodyTimeoutMs: 500 };
    const { closed, client } = await open(manyBytes, http, 'GET / HTTP/1.1', 'Connection: close');
    const startMs = performance.now();
    client.socket.on('data', () => {
      if (client.received.length < manyBytes && performance.now() - startMs < 1_200) client.socket.pause();
    });
    const reading = setInterval(() => client.socket.resume(), 5);
    expect(await client.ended().finally(() => clearInterval(reading))).toBe('end');
    expect(client.received.length).toBeGreaterThan(manyBytes);
    await eventually(() => closed.length === 1);
    expect(closed[0]?.reason).toBe('finished');
  });

  it('is cut when it takes nothing for long, and that is not called finished', async () => {
    const http = { lingerTimeoutMs: 50, bodyTimeoutMs: 150 };
    const { closed, client } = await open(manyBytes, http, 'GET / HTTP/1.1', 'Connection: close');
    await eventually(() => closed.length === 1);
    expect(closed[0]?.reason).toBe('idle');
    client.socket.resume();
    await client.ended();
    expect(client.received.length).toBeLessThan(manyBytes);
  });

  it('that is cut by an order is not called finished', async () => {
    const http = { lingerTimeoutMs: 5_000, bodyTimeoutMs: 5_000 };
    const { service, closed } = await open(manyBytes, http, 'GET / HTTP/1.1', 'Connection: close');
    await eventually(() => (service.accepted[0]?.unacknowledgedBytes ?? 0) > 0);
    service.path.abort('stopped');
    await eventually(() => closed.length === 1);
    expect(closed[0]?.reason).toBe('stopped');
  });

  it.runIf(seesSystem)(
    'is left to the system when it takes nothing of the rest, and may still get it',
    async () => {
      const http = { lingerTimeoutMs: 50, bodyTimeoutMs: 150 };
      const { closed, client, isWhole } = await open(someBytes, http, 'GET / HTTP/1.1', 'Connection: close');
      await eventually(() => closed.length === 1);
      expect(closed[0]?.reason).toBe('idle');
      client.socket.resume();
      expect(await client.ended()).toBe('end');
      expect(isWhole(client.received)).toBe(true);
    },
  );

  it.runIf(seesSystem)('whose rest is cut by an order was not finished either', async () => {
    const http = { lingerTimeoutMs: 5_000, bodyTimeoutMs: 5_000 };
    const { service, closed } = await open(someBytes, http, 'GET / HTTP/1.1', 'Connection: close');
    await eventually(() => hasWritten(service, someBytes));
    service.path.abort('stopped');
    await eventually(() => closed.length === 1);
    expect(closed[0]?.reason).toBe('stopped');
  });

  it.runIf(seesSystem)('is not silent while it acknowledges, though its server is', async () => {
    const size = someBytes + 2;
    const server = await openRawServer(({ socket }) => socket.write(responseOf(size).slice(0, -2)));
    const service = await openHttpService({ servers: [server.port], http: { bodyTimeoutMs: 200 } });
    const client = await RawClient.connect(service.port);
    client.socket.pause();
    client.send('GET / HTTP/1.1\r\nHost: pacs.test\r\n\r\n');
    await eventually(() => hasWritten(service, someBytes));
    // It takes a little, again and again, for longer than the limit.
    const stop = (): void => void client.socket.pause();
    client.socket.on('data', stop);
    for (const startMs = performance.now(); performance.now() - startMs < 600;) {
      client.socket.resume();
      await pause(30);
    }
    client.socket.off('data', stop).resume();
    server.connections[0]?.socket.write('xx');
    await client.until((text) => text.length === responseOf(size).length);
  });
});

describe('defect 5: a slow client of a TCP service', () => {
  it('gets what its server sent before its end, however short the limit of a half-closed session', async () => {
    const scene = new TcpScene();
    try {
      await scene.start(1, { halfCloseTimeoutMs: 100 });
      const client = await scene.session();
      client.socket.pause();
      const session = await scene.server('s1').session();
      session.socket.end('x'.repeat(someBytes));
      await pause(150);
      client.socket.resume();
      await client.untilEnd();
      expect(client.byteCount).toBe(2 + someBytes);
    } finally {
      await scene.close();
    }
  });
});
