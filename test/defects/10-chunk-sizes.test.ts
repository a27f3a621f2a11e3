import { afterEach, describe, expect, it } from 'vitest';
import type { HttpOptions } from '../../src/http/http-options.ts';
import { closeAll, get, openHttpService, openRawServer, RawClient } from '../support/http-harness.ts';

afterEach(closeAll);

const chunkedHead = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const plain = '5\r\nhello\r\n0\r\n\r\n';

/** What a client gets of a response that its server sends at once. */
async function through(response: string, http: HttpOptions = {}): Promise<string> {
  const server = await openRawServer(({ socket }) => socket.end(response, 'latin1'));
  const service = await openHttpService({ servers: [server.port], http });
  const client = await RawClient.connect(service.port);
  await client.send(get('/', 'Connection: close')).ended();
  expect(service.leases).toBe(0);
  return client.received.replace('Connection: close\r\n', '');
}

describe('defect 10: chunk sizes as servers write them', () => {
  it('takes sizes with zeros before them, in both directions', async () => {
    const padded = `${'0'.repeat(15)}5\r\nhello\r\n${'0'.repeat(20)}\r\n\r\n`;
    expect(await through(chunkedHead + padded)).toBe(chunkedHead + plain);
    const server = await openRawServer(({ socket, received }) => {
      if (received.endsWith('0\r\n\r\n')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send(get('/', 'Transfer-Encoding: chunked').replace('GET', 'POST') + padded);
    expect(await client.until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
    expect(server.connections[0]!.received.endsWith(`\r\n\r\n${plain}`)).toBe(true);
  });

  it.each([
    ['padded sizes', `${chunkedHead} 5  \r\nhello\r\n0 \r\n\r\n`, chunkedHead + plain],
    [
      'a length twice',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    ],
    [
      'a length beside chunks',
      `HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n${plain}`,
      chunkedHead + plain,
    ],
  ])('bears %s where it is told to, and answers 502 otherwise', async (_what, response, expected) => {
    expect(await through(response)).toMatch(/^HTTP\/1\.1 502 /);
    expect(await through(response, { lenientResponses: true })).toBe(expected);
  });

  it.each([
    ['its first chunk', `${chunkedHead}hello`],
    ['the end of a large chunk', `${chunkedHead}2710\r\n${'x'.repeat(10_000)}oh no`],
    ['a trailer', `${chunkedHead}${plain.slice(0, -2)}A\r\n\r\n`],
  ])('answers 502 where the fault comes together with the head: %s', async (_where, response) => {
    expect(await through(response)).toMatch(/^HTTP\/1\.1 502 [^]*<h1>502/);
  });
});
