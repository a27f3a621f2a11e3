import { afterEach, describe, expect, it } from 'vitest';
import { closedPort } from '../support/closed-port.ts';
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

const post = 'POST / HTTP/1.1\r\nHost: pacs.test\r\nContent-Length: 4\r\n\r\nbody';

/** Sends a request and FIN at once. @returns all that comes until the end */
async function askAndEnd(port: number, request: string): Promise<string> {
  const client = await RawClient.connect(port, { allowHalfOpen: true });
  client.socket.end(request);
  expect(await client.ended()).toBe('end');
  return client.received;
}

describe('defect 12: a client that sends its request and FIN at once', () => {
  it.each([
    ['GET', get('/')],
    ['POST', post],
    ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n'],
  ])('gets its answer to %s', async (_name, request) => {
    const server = await openHttpServer('answer');
    const service = await openHttpService({ servers: [server.port] });
    const closed = service.record('sessionClosed');
    expect(await askAndEnd(service.port, request)).toMatch(/^HTTP\/1.1 200 OK[^]*answer$/);
    await eventually(() => closed.length === 1);
    expect(closed).toMatchObject([{ reason: 'finished' }]);
  });

  it('gets nothing more where what waits behind its request is none', async () => {
    const server = await openHttpServer((_request, response) => setTimeout(() => response.end('answer'), 50));
    const service = await openHttpService({ servers: [server.port] });
    expect(await askAndEnd(service.port, `${get('/')}HEAD /never HT`)).toMatch(/answer$/);
  });

  it('gets the answers to all requests that it sent', async () => {
    const server = await openHttpServer((request, response) => response.end(`<${request.url}>`));
    const service = await openHttpService({ servers: [server.port] });
    const received = await askAndEnd(service.port, get('/1') + get('/2') + get('/3'));
    expect(received.match(/<\/\d>/g)).toEqual(['</1>', '</2>', '</3>']);
  });

  it('is told where there is no server', async () => {
    const service = await openHttpService({ servers: [await closedPort()] });
    expect(await askAndEnd(service.port, get('/'))).toMatch(/^HTTP\/1.1 503/);
  });

  it('gets its turn in the queue', async () => {
    const answers: (() => void)[] = [];
    const server = await openHttpServer((_request, response) => {
      answers.push(() => response.end('answer'));
    });
    const service = await openHttpService({
      servers: [{ name: 'A', host: '127.0.0.1', port: server.port, maxSessions: 1 }],
      pool: { maxQueued: 1 },
    });
    const first = await RawClient.connect(service.port);
    first.send(get('/'));
    await eventually(() => answers.length === 1);
    const second = askAndEnd(service.port, get('/'));
    await eventually(() => service.accepted.length === 2 && service.pool.queue.size === 1);
    answers[0]?.();
    await eventually(() => answers.length === 2);
    answers[1]?.();
    expect(await second).toMatch(/answer$/);
  });

  it('is still known to be gone by its reset', async () => {
    const server = await openRawServer(() => undefined);
    const service = await openHttpService({ servers: [server.port] });
    const closed = service.record('sessionClosed');
    const client = await RawClient.connect(service.port);
    client.send(get('/'));
    await eventually(() => server.connections.length === 1);
    client.socket.resetAndDestroy();
    await eventually(() => closed.length === 1);
    expect(closed).toMatchObject([{ reason: 'client-reset' }]);
    await eventually(() => service.leases === 0);
  });

  it('gets nothing only where the service says so', async () => {
    const server = await openRawServer(() => undefined);
    const service = await openHttpService({ servers: [server.port], http: { abortOnClientEnd: true } });
    expect(await askAndEnd(service.port, get('/'))).toBe('');
  });
});
