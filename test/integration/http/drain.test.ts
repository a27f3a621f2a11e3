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

describe('drain', () => {
  it('closes idle connections at once, and the others with their response', async () => {
    const held: (() => void)[] = [];
    const server = await openHttpServer((request, response) => {
      if (request.url === '/slow') held.push(() => response.end('slow'));
      else response.end('quick');
    });
    const service = await openHttpService({ servers: [server.port] });
    const [idle, busy, fresh] = [
      await RawClient.connect(service.port),
      await RawClient.connect(service.port),
      await RawClient.connect(service.port),
    ];
    await idle.ask(get('/'));
    busy.send(get('/slow') + get('/never'));
    await eventually(() => held.length === 1 && service.path.size === 3);

    const drained = service.path.drain();
    expect([await idle.ended(), await fresh.ended()]).toEqual(['end', 'end']);
    expect(busy.ending).toBeUndefined();
    held[0]!();
    expect(await busy.ended()).toBe('end');
    expect(busy.received).toMatch(/^HTTP\/1.1 200 OK[^]*\r\nConnection: close\r\n[^]*slow$/);
    await drained;
    expect(service.path.size).toBe(0);
    expect(server.requests.some((request) => request.url === '/never')).toBe(false);
    await service.path.drain();
    await eventually(() => server.requests.every((request) => request.socket.destroyed));
  });
});

describe('abort', () => {
  it('cuts everything, and tells how much', async () => {
    const server = await openHttpServer(() => undefined);
    const service = await openHttpService({ servers: [server.port] });
    const closed = service.record('sessionClosed');
    const clients = await Promise.all([1, 2, 3].map(() => RawClient.connect(service.port)));
    clients[0]!.send(get('/'));
    await eventually(() => service.leases === 1 && service.path.size === 3);
    expect(service.path.abort('stopped')).toBe(3);
    expect(service.leases).toBe(0);
    for (const client of clients) expect(await client.ended()).toBe('ECONNRESET');
    await eventually(() => closed.length === 3);
    expect(closed.map(({ reason }) => reason)).toEqual(['stopped', 'stopped', 'stopped']);
  });

  it('of one server answers 502 where nothing was answered, and leaves other servers alone', async () => {
    const dead = await openRawServer(() => undefined);
    const live = await openHttpServer('live');
    const service = await openHttpService({ servers: [dead.port, live.port] });
    const client = await RawClient.connect(service.port);
    const other = await RawClient.connect(service.port);
    client.send(get('/'));
    await eventually(() => service.leases === 1);
    await other.ask(get('/'));
    const down = service.pool.servers[0]!;
    expect(service.path.abort('server-down', down)).toBe(1);
    expect(down.sessions).toBe(0);
    await client.until('HTTP/1.1 502 Bad Gateway');
    service.pool.setAdminState('A', 'halt');
    expect(await client.ask(get('/'))).toMatch(/live$/);
    expect(await other.ask(get('/'))).toMatch(/live$/);
    expect(live.requests[0]!.socket.destroyed).toBe(false);
  });

  it('of one server sends what may be sent again to another server', async () => {
    let isSilent = false;
    const dying = await openRawServer(({ socket }) => {
      if (!isSilent) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ndying');
    });
    const live = await openHttpServer('live');
    const service = await openHttpService({
      servers: [dying.port, { name: 'B', host: '127.0.0.1', port: live.port, backup: true }],
    });
    const client = await RawClient.connect(service.port);
    expect(await client.ask(get('/'))).toMatch(/dying$/);
    isSilent = true;
    client.send(get('/'));
    await eventually(() => dying.connections[0]!.received.split('GET ').length === 3);
    service.pool.setAdminState('A', 'halt');
    expect(service.path.abort('drain-deadline', service.pool.servers[0])).toBe(1);
    await client.until('live');
    expect(service.pool.servers[0]).toMatchObject({ sessions: 0, connectFailuresTotal: 0 });
    expect(dying.connections).toHaveLength(1);
  });

  it('of one server cuts a response that has begun', async () => {
    const server = await openRawServer(({ socket }) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nha'),
    );
    const service = await openHttpService({ servers: [server.port] });
    const closed = service.record('sessionClosed');
    const client = await RawClient.connect(service.port);
    client.send(get('/'));
    await client.until('ha');
    expect(service.path.abort('drain-deadline', service.pool.servers[0])).toBe(1);
    expect(await client.ended()).toBe('end');
    client.socket.end();
    await eventually(() => closed.length === 1);
    expect(closed[0]).toMatchObject({ reason: 'drain-deadline' });
  });

  it('closes idle connections to a server that is halted', async () => {
    const server = await openHttpServer('ok');
    const service = await openHttpService({ servers: [server.port], http: { headTimeoutMs: 40 } });
    const client = await RawClient.connect(service.port);
    await client.ask(get('/'));
    service.pool.setAdminState('A', 'halt');
    await eventually(() => server.requests[0]!.socket.destroyed);
  });
});

describe('a thousand idle connections', () => {
  it('cost little memory and no time of the others', async () => {
    const server = await openHttpServer('ok');
    const service = await openHttpService({ servers: [server.port] });
    const before = process.memoryUsage().heapUsed;
    const clients: RawClient[] = [];
    for (let batch = 0; batch < 20; batch++) {
      clients.push(...(await Promise.all(Array.from({ length: 50 }, () => RawClient.connect(service.port)))));
    }
    for (const client of clients) await client.ask(get('/'));
    expect(service.path.size).toBe(1000);
    expect(new Set(server.requests.map((request) => request.socket)).size).toBe(1);
    // Both ends of every connection, and what node:http keeps of a thousand requests, are in this process.
    const perConnection = (process.memoryUsage().heapUsed - before) / 1000;
    expect(perConnection).toBeLessThan(60_000);
    expect(await clients[500]!.ask(get('/'))).toMatch(/ok$/);
    const drained = service.path.drain();
    await Promise.all(clients.map((client) => client.ended()));
    await drained;
    expect(service.counters.sessions).toBe(0);
  });
});
