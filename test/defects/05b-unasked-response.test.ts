import { afterEach, describe, expect, it } from 'vitest';
import {
  closeAll,
  eventually,
  get,
  openHttpService,
  openRawServer,
  RawClient,
  type HttpServiceUnderTest,
} from '../support/http-harness.ts';

afterEach(closeAll);

const poison = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison';
const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

type Server = Awaited<ReturnType<typeof openRawServer>>;

/** A service with one idle connection to its server, and a client. */
async function open(): Promise<{ server: Server; service: HttpServiceUnderTest; client: RawClient }> {
  const server = await openRawServer(({ socket }) => void socket.write(answer));
  const service = await openHttpService({ servers: [server.port] });
  const client = await RawClient.connect(service.port);
  await client.ask(get('/first'));
  return { server, service, client };
}

describe('defect 5b: what arrived at an idle server connection is no answer', () => {
  it('to a request that the engine finds first', async () => {
    const { server, service, client } = await open();
    // The engine tells what happens in the order in which it happened: the request, and then the poison.
    for (let round = 0; round < 20; round++) {
      const last = server.connections.at(-1)?.socket;
      client.received = '';
      client.send(get('/victim'));
      last?.write(poison);
      await client.until('\r\n\r\n');
      await client.until(/(ok|poison)$/.test.bind(/(ok|poison)$/));
      expect(client.received).toBe(answer);
    }
    expect(service.accepted).toHaveLength(1);
  });

  it('nor is an end: the request goes on another connection, whatever its method', async () => {
    const { server, client } = await open();
    server.connections[0]?.socket.destroy();
    expect(await client.ask('POST /victim HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx')).toBe(answer);
    await eventually(() => server.connections.length === 2);
  });
});
