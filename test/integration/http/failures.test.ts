import { afterEach, describe, expect, it } from 'vitest';
import { sourceIp } from '../../../src/persistence/source-ip.ts';
import { closedPort } from '../../support/closed-port.ts';
import {
  closeAll,
  eventually,
  fetchFrom,
  get,
  openHttpServer,
  openHttpService,
  openRawServer,
  RawClient,
} from '../../support/http-harness.ts';

afterEach(closeAll);

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const post = 'POST / HTTP/1.1\r\nHost: pacs.test\r\nContent-Length: 4\r\n\r\nbody';

describe('a server that cannot be reached', () => {
  it('is passed over, body and all, and no client notices', async () => {
    const live = await openHttpServer((request, response) => request.pipe(response));
    const service = await openHttpService({
      servers: [await closedPort(), await closedPort(), live.port],
      pool: { passiveHealth: false },
    });
    const failed = service.record('connectFailed');
    const body = Buffer.alloc(200_000, 'x');
    for (let index = 0; index < 6; index++) {
      const answer = await fetchFrom(service.port, { method: 'POST' }, body);
      expect(answer.status).toBe(200);
      expect(answer.body.equals(body)).toBe(true);
    }
    expect(failed.length).toBeGreaterThan(0);
    expect(failed[0]).toMatchObject({ service: 'WEB', error: 'SLUICE_ERR_CONNECT_REFUSED' });
    expect(service.leases).toBe(0);
  });

  it('is answered for with 503 after maxConnectAttempts, and the connection lives on', async () => {
    const service = await openHttpService({
      servers: [await closedPort(), await closedPort(), await closedPort()],
      http: { maxConnectAttempts: 2 },
      pool: { passiveHealth: false },
    });
    const failed = service.record('connectFailed');
    const refused = service.record('clientRefused');
    const client = await RawClient.connect(service.port);
    expect(await client.ask(get('/'))).toMatch(/^HTTP\/1.1 503 Service Unavailable\r\n/);
    expect(failed).toHaveLength(2);
    expect(refused).toMatchObject([{ reason: 'no-server' }]);
    expect(await client.ask(get('/'))).toMatch(/^HTTP\/1.1 503 /);
    expect(service.leases).toBe(0);
    expect(service.counters).toMatchObject({ exchangesTotal: 2, refusedTotal: 2 });
  });

  it('gets its time and no more', async () => {
    const live = await openHttpServer('ok');
    const service = await openHttpService({
      // Documentation addresses (RFC 5737) lead nowhere; where the network refuses at once, that is fine too.
      servers: [
        { name: 'A', host: '192.0.2.1', port: 80 },
        { name: 'B', host: '127.0.0.1', port: live.port },
      ],
      http: { connectTimeoutMs: 50 },
      pool: { passiveHealth: false },
    });
    expect((await fetchFrom(service.port)).status).toBe(200);
    expect((await fetchFrom(service.port)).status).toBe(200);
    expect(service.pool.servers[0]!.connectFailuresTotal).toBeGreaterThan(0);
    expect(service.leases).toBe(0);
  });
});

describe('without a server', () => {
  it('a plain request is answered 503, a HEAD without a body', async () => {
    const service = await openHttpService({ servers: [] });
    const client = await RawClient.connect(service.port);
    expect(await client.ask(get('/'))).toMatch(/^HTTP\/1.1 503 .*No server is available/s);
    client.send(get('/').replace('GET', 'HEAD'));
    await client.until((text) => text.split('HTTP/1.1 503').length === 3);
    expect(client.received.endsWith('\r\n\r\n')).toBe(true);
    expect(await client.ask(get('/', 'Connection: close'))).toContain('\r\nConnection: close\r\n');
    expect(await client.ended()).toBe('end');
  });

  it('the fallback page answers, also many pipelined requests', async () => {
    const service = await openHttpService({
      servers: [],
      http: { fallback: { page: { status: 200, contentType: 'text/plain', body: 'Wartung läuft' } } },
    });
    const decisions = service.record('decisionMade');
    const client = await RawClient.connect(service.port);
    client.send(get('/').repeat(500));
    await client.until((text) => text.split('HTTP/1.1 200 OK').length === 501);
    const answer = await fetchFrom(service.port);
    expect(answer.headers['content-type']).toBe('text/plain');
    expect(answer.body.toString()).toBe('Wartung läuft');
    expect(decisions).toHaveLength(501);
    expect(decisions[0]).toMatchObject({ reason: 'fallback', server: undefined });
    expect(service.counters.refusedTotal).toBe(0);
  });
});

describe('servers of which none can be reached', () => {
  it('have the fallback answer once the attempts are used up, and persistence learns nothing', async () => {
    const persistence = sourceIp();
    const service = await openHttpService({
      servers: [await closedPort(), await closedPort(), await closedPort()],
      http: { maxConnectAttempts: 2, fallback: { page: { status: 200, body: 'sorry' } } },
      persistence,
    });
    const opened = service.record('sessionOpened');
    expect((await fetchFrom(service.port)).body.toString()).toBe('sorry');
    expect(persistence.table.size).toBe(0);
    expect(service.leases).toBe(0);
    expect(opened).toMatchObject([{ server: undefined }]);
  });
});

describe('a full server', () => {
  it('has its clients wait for their turn', async () => {
    let running = 0;
    let most = 0;
    const server = await openHttpServer((_request, response) => {
      most = Math.max(most, ++running);
      setTimeout(() => {
        running--;
        response.end('ok');
      }, 10);
    });
    const service = await openHttpService({
      servers: [{ name: 'A', host: '127.0.0.1', port: server.port, maxSessions: 2 }],
    });
    const answers = await Promise.all(Array.from({ length: 10 }, () => fetchFrom(service.port)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(most).toBe(2);
    expect(service.leases).toBe(0);
  });

  it('is answered for with 503 once the wait is too long, or the queue is full', async () => {
    const server = await openHttpServer(() => undefined);
    const service = await openHttpService({
      servers: [{ name: 'A', host: '127.0.0.1', port: server.port, maxSessions: 1 }],
      pool: { queueTimeoutMs: 60, maxQueued: 1 },
    });
    const refused = service.record('clientRefused');
    const holding = await RawClient.connect(service.port);
    holding.send(get('/'));
    await eventually(() => server.requests.length === 1);
    const [first, second] = await Promise.all([fetchFrom(service.port), fetchFrom(service.port)]);
    expect([first.status, second.status]).toEqual([503, 503]);
    expect(refused.map(({ reason }) => reason).sort()).toEqual(['queue-full', 'queue-timeout']);
    expect(service.pool.queue.size).toBe(0);
    // A client that goes away leaves the queue.
    const leaving = await RawClient.connect(service.port);
    leaving.send(get('/'));
    await eventually(() => service.pool.queue.size === 1);
    leaving.socket.resetAndDestroy();
    await eventually(() => service.pool.queue.size === 0);
    holding.socket.resetAndDestroy();
    await eventually(() => service.leases === 0);
  });
});

describe('a server that does not respond as it should', () => {
  it.each([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok'],
    ['bare line feeds', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok'],
    ['a folded header', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok'],
    ['half a head and its end', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['an endless head', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}`],
  ])('(%s) is answered for with 502', async (_name, response) => {
    const server = await openRawServer(({ socket }) => socket.end(response));
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    expect(await client.ask(get('/'))).toMatch(/^HTTP\/1.1 502 Bad Gateway\r\n/);
    expect(client.ending).toBeUndefined();
    expect(service.leases).toBe(0);
  });

  it('in time is answered for with 504', async () => {
    const server = await openHttpServer(() => undefined);
    const service = await openHttpService({ servers: [server.port], http: { responseTimeoutMs: 60 } });
    const finished = service.record('exchangeFinished');
    const client = await RawClient.connect(service.port);
    expect(await client.ask(get('/'))).toMatch(/^HTTP\/1.1 504 Gateway Timeout\r\n/);
    expect(finished).toMatchObject([{ method: 'GET', status: 504, server: 'A', service: 'WEB' }]);
    expect(finished[0]!.durationMs).toBeGreaterThanOrEqual(50);
    await eventually(() => server.requests[0]!.destroyed);
    expect(service.leases).toBe(0);
  });

  it('and stops in the midst of a body is given up', async () => {
    const server = await openRawServer(({ socket }) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok'),
    );
    const service = await openHttpService({ servers: [server.port], http: { bodyTimeoutMs: 60 } });
    const client = await RawClient.connect(service.port);
    client.send(get('/'));
    expect(await client.ended()).toBe('end');
    expect(client.received).toMatch(/ok$/);
    expect(service.leases).toBe(0);
  });
});

describe('a reused connection that was dying', () => {
  /** Closes each connection when its second request arrives, unanswered. */
  function openDying(): ReturnType<typeof openRawServer> {
    return openRawServer(({ socket, received }) => {
      if (received.split(' HTTP/1.1\r\n').length > 2) socket.destroy();
      else socket.write(ok);
    });
  }

  it('costs a GET nothing: it is sent again', async () => {
    const server = await openDying();
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    for (let index = 0; index < 4; index++) expect(await client.ask(get('/'))).toMatch(/200 OK.*ok$/s);
    expect(server.connections).toHaveLength(4);
    expect(service.pool.servers[0]!.connectFailuresTotal).toBe(0);
    expect(service.leases).toBe(0);
  });

  it('costs a POST a 502: nobody knows what the server did', async () => {
    const server = await openDying();
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    expect(await client.ask(post)).toMatch(/200 OK/);
    expect(await client.ask(post)).toMatch(/^HTTP\/1.1 502/);
    expect(server.connections).toHaveLength(1);
    expect(await client.ask(post)).toMatch(/200 OK/);
  });

  it('is not sent again after a byte of the response', async () => {
    const server = await openRawServer(({ socket, received }) => {
      if (received.split(' HTTP/1.1\r\n').length > 2) socket.end('HTTP/1.1 200');
      else socket.write(ok);
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    await client.ask(get('/'));
    expect(await client.ask(get('/'))).toMatch(/^HTTP\/1.1 502/);
  });

  it('is not tried twice: a fresh connection that dies is a 502', async () => {
    const server = await openRawServer(({ socket }) => socket.destroy());
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    expect(await client.ask(get('/'))).toMatch(/^HTTP\/1.1 502/);
    expect(server.connections).toHaveLength(1);
  });

  it('goes to another server if its own is gone', async () => {
    const dying = await openDying();
    const other = await openHttpServer('other');
    const service = await openHttpService({
      servers: [dying.port, other.port],
      pool: { passiveHealth: false },
    });
    const client = await RawClient.connect(service.port);
    const responses = [await client.ask(get('/')), await client.ask(get('/'))];
    expect(responses.join()).toContain('other');
    dying.server.close();
    expect(await client.ask(get('/'))).toMatch(/other$/);
  });
});

describe('bytes that nobody asked for', () => {
  it('after a response drop the connection and reach no other client', async () => {
    const server = await openRawServer(({ socket }) =>
      socket.write(`${ok}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`),
    );
    const service = await openHttpService({ servers: [server.port] });
    for (let index = 0; index < 3; index++) {
      const answer = await fetchFrom(service.port);
      expect(answer.body.toString()).toBe('ok');
    }
    expect(server.connections).toHaveLength(3);
  });

  it('on an idle connection do so too', async () => {
    const server = await openRawServer(({ socket }) => socket.write(ok));
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    await client.ask(get('/'));
    server.connections[0]!.socket.write('HTTP/1.1 408 Request Timeout\r\nContent-Length: 4\r\n\r\nevil');
    await eventually(() => server.connections[0]!.socket.destroyed);
    expect(await client.ask(get('/'))).toMatch(/200 OK.*ok$/s);
    expect(server.connections).toHaveLength(2);
  });
});
