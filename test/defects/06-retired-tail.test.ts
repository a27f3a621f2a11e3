import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import {
  closeAll,
  eventually,
  get,
  openHttpService,
  openRawServer,
  RawClient,
} from '../support/http-harness.ts';

afterEach(closeAll);

/** Far longer than the time after which connections are looked at with these limits. */
const pauseMs = 150;
const http = { serverIdleTimeoutMs: 40 };
const closing = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok';

describe('defect 6: a server connection that is over for this side', () => {
  it('is not cut while its server still reads a request that it answered early', async () => {
    const server = await openRawServer(({ socket }, piece) => {
      if (piece.startsWith('POST')) socket.pause();
    });
    const service = await openHttpService({ servers: [server.port], http });
    const client = await RawClient.connect(service.port);
    const body = 'b'.repeat(300_000);
    const head = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`;
    client.send(head + body);
    await eventually(() => service.accepted[0]?.bytesRead === head.length + body.length);
    const connection = server.connections[0];
    connection?.socket.write(closing);
    await client.until('ok');
    await delay(pauseMs);
    connection?.socket.resume();
    await eventually(() => connection?.received.endsWith(body) === true);
    expect(connection?.socket.errored).toBeNull();
  });

  it.each([100_000, 10_000_000])('is not cut before the last of %d bytes of a tunnel', async (length) => {
    const server = await openRawServer(({ socket }, piece) => {
      if (!piece.startsWith('GET')) return;
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.pause();
    });
    const service = await openHttpService({ servers: [server.port], http });
    const client = await RawClient.connect(service.port, { allowHalfOpen: true });
    client.send(get('/', 'Connection: Upgrade', 'Upgrade: websocket'));
    await client.ended();
    const tail = 't'.repeat(length);
    client.socket.end(tail);
    await delay(pauseMs);
    const connection = server.connections[0];
    connection?.socket.resume();
    await eventually(() => connection?.received.endsWith(tail) === true);
    expect(connection?.socket.errored).toBeNull();
  });
});
