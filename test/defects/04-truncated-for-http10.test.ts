import { afterEach, describe, expect, it } from 'vitest';
import type { HttpOptions } from '../../src/http/http-options.ts';
import {
  closeAll,
  openHttpService,
  openRawServer,
  RawClient,
  type HttpServiceUnderTest,
} from '../support/http-harness.ts';

afterEach(closeAll);

const heads = {
  chunked: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
  'large chunk': `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n${'x'.repeat(100_000)}hello`,
  'until the end': 'HTTP/1.1 200 OK\r\n\r\nhello',
};

interface Scene {
  readonly service: HttpServiceUnderTest;
  readonly client: RawClient;
  readonly server: Awaited<ReturnType<typeof openRawServer>>;
}

/** An HTTP/1.0 client that has got the beginning of a body. */
async function open(head: keyof typeof heads, http?: HttpOptions): Promise<Scene> {
  const server = await openRawServer(({ socket }) => void socket.write(heads[head]));
  const service = await openHttpService({ servers: [server.port], ...(http === undefined ? {} : { http }) });
  const client = await RawClient.connect(service.port, { allowHalfOpen: true });
  client.send('GET / HTTP/1.0\r\n\r\n');
  await client.until((text) => text.endsWith('hello'));
  return { service, client, server };
}

describe('defect 4: a body that only the end of the connection ends, and that breaks off, ends in a reset', () => {
  it.each(['chunked', 'large chunk', 'until the end'] as const)(
    'when its server resets: %s',
    async (head) => {
      const { client, server } = await open(head);
      server.connections[0]?.socket.resetAndDestroy();
      expect(await client.ended()).toBe('ECONNRESET');
    },
  );

  it.each(['chunked', 'large chunk'] as const)('when its server ends too early: %s', async (head) => {
    const { client, server } = await open(head);
    server.connections[0]?.socket.end();
    expect(await client.ended()).toBe('ECONNRESET');
  });

  it('when its framing is not valid', async () => {
    const { client, server } = await open('chunked');
    server.connections[0]?.socket.write('zz\r\n');
    expect(await client.ended()).toBe('ECONNRESET');
  });

  it('when it comes no further', async () => {
    const { client } = await open('chunked', { bodyTimeoutMs: 40 });
    expect(await client.ended()).toBe('ECONNRESET');
  });

  it('when its server may not be used any more', async () => {
    const { client, service } = await open('chunked');
    service.path.abort('server-down', service.pool.servers[0]);
    expect(await client.ended()).toBe('ECONNRESET');
  });

  it.each(['chunked', 'until the end'] as const)('when its client counts as gone: %s', async (head) => {
    const { client } = await open(head, { abortOnClientEnd: true });
    client.socket.end();
    expect(await client.ended()).toBe('ECONNRESET');
  });

  it('but not when it is whole', async () => {
    const { client, server } = await open('chunked');
    server.connections[0]?.socket.write('0\r\n\r\n');
    expect(await client.ended()).toBe('end');
  });
});
