import { afterEach, describe, expect, it } from 'vitest';
import {
  closeAll,
  eventually,
  get,
  openHttpServer,
  openHttpService,
  openRawServer,
  RawClient,
} from '../../support/http-harness.ts';

afterEach(closeAll);

describe('keep-alive', () => {
  it('carries many requests on one client and one server connection', async () => {
    const server = await openHttpServer((request, response) => response.end(request.url));
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    for (let index = 0; index < 10; index++) {
      expect(await client.ask(get(`/${index}`))).toMatch(new RegExp(`/${index}$`));
    }
    const sockets = new Set(server.requests.map((request) => request.socket));
    expect(sockets.size).toBe(1);
    expect(service.accepted).toHaveLength(1);
    expect(service.counters).toMatchObject({
      sessions: 1,
      sessionsTotal: 1,
      exchangesTotal: 10,
      refusedTotal: 0,
    });
    expect(service.leases).toBe(0);
  });

  it('answers 20 pipelined requests in order', async () => {
    const server = await openHttpServer((request, response) => {
      // The later, the quicker: order is not an accident.
      const index = Number(request.url?.slice(1));
      setTimeout(() => response.end(`<${index}>`), 20 - index);
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send(Array.from({ length: 20 }, (_, index) => get(`/${index}`)).join(''));
    await client.until('<19>');
    const order = [...client.received.matchAll(/<(\d+)>/g)].map((match) => Number(match[1]));
    expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it('lets another client use the idle server connection, but never two at once', async () => {
    const server = await openHttpServer((_request, response) => setTimeout(() => response.end('ok'), 10));
    const service = await openHttpService({ servers: [server.port] });
    const [first, second] = [await RawClient.connect(service.port), await RawClient.connect(service.port)];
    await first.ask(get('/'));
    await second.ask(get('/'));
    expect(new Set(server.requests.map((request) => request.socket)).size).toBe(1);
    await Promise.all([first.ask(get('/')), second.ask(get('/'))]);
    expect(new Set(server.requests.map((request) => request.socket)).size).toBe(2);
  });

  it('keeps no more idle server connections than it may', async () => {
    const server = await openHttpServer('ok');
    const service = await openHttpService({ servers: [server.port], http: { maxIdlePerServer: 0 } });
    const client = await RawClient.connect(service.port);
    for (let index = 0; index < 3; index++) await client.ask(get('/'));
    expect(new Set(server.requests.map((request) => request.socket)).size).toBe(3);
    await eventually(() => server.requests.every((request) => request.socket.readableEnded));
  });

  it('closes an idle server connection in good order after its time', async () => {
    const server = await openHttpServer('ok');
    const service = await openHttpService({ servers: [server.port], http: { serverIdleTimeoutMs: 40 } });
    const client = await RawClient.connect(service.port);
    await client.ask(get('/'));
    const socket = server.requests[0]!.socket;
    await eventually(() => socket.readableEnded);
    expect(socket.errored).toBeNull();
    expect(await client.ask(get('/'))).toMatch(/^HTTP\/1.1 200/);
  });

  it.each([
    ['Connection: close', 'HTTP/1.1', 'Connection: close', true],
    ['HTTP/1.0', 'HTTP/1.0', 'X: y', true],
    ['HTTP/1.0 keep-alive', 'HTTP/1.0', 'Connection: keep-alive', false],
  ])('with %s, it closes as asked', async (_name, version, line, closes) => {
    const server = await openHttpServer((_request, response) => {
      response.setHeader('Content-Length', 2);
      response.end('ok');
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    const response = await client.ask(`GET / ${version}\r\nHost: pacs.test\r\n${line}\r\n\r\n`);
    expect(response).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    if (closes) {
      expect(response).toMatch(/\r\nConnection: close\r\n/);
      expect(await client.ended()).toBe('end');
    } else {
      expect(response).toMatch(/\r\nConnection: keep-alive\r\n/);
      expect(await client.ask(get('/again'))).toMatch(/ok$/);
    }
  });

  it('drops what follows a request with Connection: close', async () => {
    const server = await openRawServer((connection) => {
      connection.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send(get('/', 'Connection: close') + get('/smuggled'));
    expect(await client.ended()).toBe('end');
    expect(client.received).toMatch(/ok$/);
    expect(server.connections).toHaveLength(1);
    expect(server.connections[0]!.received).not.toContain('smuggled');
  });

  it('closes after maxRequestsPerConnection', async () => {
    const server = await openHttpServer('ok');
    const service = await openHttpService({ servers: [server.port], http: { maxRequestsPerConnection: 2 } });
    const client = await RawClient.connect(service.port);
    expect(await client.ask(get('/'))).not.toContain('Connection: close');
    expect(await client.ask(get('/'))).toContain('Connection: close');
    expect(await client.ended()).toBe('end');
  });
});
