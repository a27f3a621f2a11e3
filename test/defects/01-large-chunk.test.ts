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

/** What looks like the end of a body and another message, in the midst of a chunk of 64 KiB. */
function disguised(message: string): string {
  return `0\r\n\r\n${message}`.padEnd(65_536, 'x');
}

const lastOfBody = '\r\n0\r\n\r\n';
const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('defect 1: a read that ends behind the size line of a large chunk', () => {
  it('leaves a request one request', async () => {
    const server = await openRawServer((connection, piece) => {
      if (piece.endsWith(lastOfBody)) connection.socket.write(answer);
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    const body = disguised('GET /admin HTTP/1.1\r\nHost: x\r\n\r\n');
    const sizeLine = '10000\r\n';
    client.send('POST /u HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
    await eventually(() => server.connections[0]?.received.endsWith('\r\n\r\n') === true);
    const head = server.connections[0]?.received ?? '';
    const headBytes = service.accepted[0]?.bytesRead ?? 0;
    client.send(sizeLine);
    await eventually(() => service.accepted[0]?.bytesRead === headBytes + sizeLine.length);
    client.send(body).send(lastOfBody);
    expect(await client.until('ok')).toBe(answer);
    expect(server.connections.map(({ received }) => received)).toEqual([
      `${head}${sizeLine}${body}${lastOfBody}`,
    ]);
  });

  it('leaves a response whole, and the next one to the next request', async () => {
    const body = disguised('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison');
    const sizeLine = '10000\r\n';
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
    const server = await openRawServer(({ socket, received }) => {
      const isFirst = !received.includes('/next');
      socket.write(isFirst ? `${head}${sizeLine}` : answer);
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send(get('/first'));
    await client.until('\r\n\r\n');
    server.connections[0]?.socket.write(`${body}${lastOfBody}`);
    expect(await client.until((text) => text.endsWith(lastOfBody))).toBe(
      `${head}${sizeLine}${body}${lastOfBody}`,
    );
    client.received = '';
    client.send(get('/next'));
    expect(await client.until('ok')).toBe(answer);
  });
});
