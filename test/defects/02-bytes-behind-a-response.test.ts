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

const poison = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison';
const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

function response(length: number): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n${'x'.repeat(length)}`;
}

/** A server that answers `/next` by itself, and `/first` when the test has it do so. */
function openServer(): ReturnType<typeof openRawServer> {
  return openRawServer(({ socket }, piece) => {
    if (piece.includes('/next')) socket.write(answer);
  });
}

/**
 * Bytes of the first response; those of 65,536 fill a read, and from 65,536 left on the engine carries them. Each is
 * followed by a response that nobody asked for, in the same write.
 */
const lengths = [5, 65_536 - response(65_000).length + 65_000, 70_000, 200_000, 1_000_000];

describe('defect 2: what follows a whole response is no answer', () => {
  it.each(lengths)('for the client in the queue, behind %d bytes', async (length) => {
    const server = await openServer();
    const service = await openHttpService({
      servers: [{ name: 'A', host: '127.0.0.1', port: server.port, maxSessions: 1 }],
    });
    const [first, next] = [await RawClient.connect(service.port), await RawClient.connect(service.port)];
    first.send(get('/first'));
    await eventually(() => server.connections[0]?.received.includes('/first') === true);
    next.send(get('/next'));
    await eventually(() => service.accepted[1]?.bytesRead === get('/next').length);
    server.connections[0]?.socket.write(response(length) + poison);
    expect(await next.until('\r\n\r\nok')).toBe(answer);
    expect(await first.until((text) => text.length >= response(length).length)).toBe(response(length));
    expect(server.connections).toHaveLength(2);
  });

  it.each(lengths)('for a request that waits behind, behind %d bytes', async (length) => {
    const server = await openServer();
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send(get('/first') + get('/next'));
    await eventually(() => server.connections[0]?.received.includes('/first') === true);
    server.connections[0]?.socket.write(response(length) + poison);
    const both = response(length) + answer;
    expect(await client.until((text) => text.length >= both.length)).toBe(both);
    expect(server.connections).toHaveLength(2);
  });
});
