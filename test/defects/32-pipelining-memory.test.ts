import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import {
  closeAll,
  eventually,
  get,
  openHttpServer,
  openHttpService,
  openRawServer,
  RawClient,
} from '../support/http-harness.ts';

afterEach(closeAll);

const clientCount = 64;
/**
 * Bytes for each client. The Linux engine reads 16 KiB, which one buffer holds; Node itself has read 64 KiB more when it
 * is told to stop.
 */
const maxHeld = process.env['SLUICE_ENGINE'] === 'portable' ? 160_000 : 40_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes outside of the heap of JavaScript. */
function memory(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

describe('defect 32: requests that wait behind the current one', () => {
  it('hold little memory', async () => {
    const server = await openRawServer(() => undefined);
    const service = await openHttpService({ servers: [server.port] });
    const clients = await Promise.all(
      Array.from({ length: clientCount }, () => RawClient.connect(service.port)),
    );
    const requests = Buffer.from(get('/').repeat(4_000));
    const before = memory();
    for (const client of clients) client.socket.write(requests);
    await eventually(() => service.accepted.every(({ bytesRead }) => bytesRead > 0));
    await eventually(() => server.connections.length === clientCount);
    expect((memory() - before) / clientCount).toBeLessThan(maxHeld);
  });

  it('are all answered in order', async () => {
    const server = await openHttpServer((request, response) => response.end(`<${request.url?.slice(1)}>`));
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    const numbers = Array.from({ length: 400 }, (_, index) => String(index));
    client.send(numbers.map((number) => get(`/${number}`, `X-Padding: ${'x'.repeat(100)}`)).join(''));
    await client.until('<399>');
    expect([...client.received.matchAll(/<(\d+)>/g)].map((match) => match[1])).toEqual(numbers);
  });

  it('are no heads, which are read to their end, however long', async () => {
    const server = await openRawServer(({ socket, received }) => {
      if (received.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const service = await openHttpService({ servers: [server.port], http: { maxHeadBytes: 65_536 } });
    const client = await RawClient.connect(service.port);
    client.send(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(30_000)}`);
    await eventually(() => (service.accepted[0]?.bytesRead ?? 0) > 30_000);
    expect(await client.ask(`${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(/ok$/);
  });
});
