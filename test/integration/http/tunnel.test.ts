import { afterEach, describe, expect, it } from 'vitest';
import { httpCookie } from '../../../src/persistence/http-cookie.ts';
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

const upgrade = get(
  '/socket',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
);
const switching = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

/** Switches protocols and then echoes in capitals. */
function openEcho(): ReturnType<typeof openRawServer> {
  return openRawServer(({ socket, received }, piece) => {
    if (received === piece) socket.write(switching);
    else socket.write(piece.toUpperCase());
  });
}

describe('a tunnel', () => {
  it('carries bytes both ways after a 101, and FIN as FIN', async () => {
    const server = await openEcho();
    const service = await openHttpService({ servers: [server.port], persistence: httpCookie() });
    const finished = service.record('exchangeFinished');
    const client = await RawClient.connect(service.port, { allowHalfOpen: true });
    client.send(upgrade);
    await client.until('\r\n\r\n');
    expect(client.received).toMatch(
      /^HTTP\/1.1 101 [^]*\r\nUpgrade: websocket\r\n[^]*Connection: Upgrade\r\n/,
    );
    expect(client.received).toContain('\r\nSet-Cookie: SERVERID=');
    expect(server.connections[0]!.received).toMatch(
      /\r\nUpgrade: websocket\r\n[^]*\r\nConnection: Upgrade\r\n/i,
    );
    // Looks like HTTP, and is none any more.
    client.send('get / http/1.1\r\n\r\n');
    await client.until('GET / HTTP/1.1\r\n\r\n');
    client.send('x'.repeat(300_000));
    await client.until((text) => text.split('X').length > 300_000);
    expect(service.leases).toBe(1);
    client.socket.end('bye');
    expect(await client.ended()).toBe('end');
    expect(client.received).toMatch(/BYE$/);
    await eventually(() => service.path.size === 0);
    expect(service.leases).toBe(0);
    expect(finished).toMatchObject([{ status: 101, method: 'GET', server: 'A' }]);
    expect(service.counters.bytesFromServers).toBeGreaterThan(300_000);
  });

  it('delivers what the client sent before the 101, after it', async () => {
    const server = await openRawServer(({ socket, received }) => {
      if (received.endsWith('\r\n\r\n')) setTimeout(() => socket.write(`${switching}server first`), 30);
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send(`${upgrade}early bytes`);
    await client.until('server first');
    await eventually(() => server.connections[0]!.received.endsWith('\r\n\r\nearly bytes'));
  });

  it('ends by a reset if one side does, and after its idle time', async () => {
    const server = await openEcho();
    const service = await openHttpService({ servers: [server.port], http: { tunnelTimeoutMs: 100 } });
    const closed = service.record('sessionClosed');
    const first = await RawClient.connect(service.port);
    first.send(upgrade);
    await first.until('\r\n\r\n');
    server.connections[0]!.socket.resetAndDestroy();
    expect(await first.ended()).toBe('ECONNRESET');

    const second = await RawClient.connect(service.port);
    second.send(upgrade);
    await second.until('\r\n\r\n');
    expect(await second.ended()).toBe('ECONNRESET');
    await eventually(() => closed.length === 2);
    expect(closed.map(({ reason }) => reason)).toEqual(['server-reset', 'idle']);
    expect(service.leases).toBe(0);
  });

  it.each([
    ['200', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['426', 'HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno'],
  ])('is refused by a %s, and what follows is HTTP', async (status, response) => {
    const server = await openRawServer(({ socket }) => socket.write(response));
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send(`${upgrade}GET /a HTTP/1.1\nHost: smuggled\n\n`);
    await client.ended();
    expect(client.received).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*HTTP/1.1 400 Bad Request`));
    expect(server.connections[0]!.received).not.toContain('smuggled');
  });

  it.each([
    [
      'h2c',
      get('/', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'),
    ],
    ['no Connection: upgrade', get('/', 'Upgrade: websocket')],
    ['HTTP/1.0', upgrade.replace('HTTP/1.1', 'HTTP/1.0')],
  ])('is not asked for by %s', async (_name, request) => {
    const server = await openHttpServer('plain');
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send(request);
    await client.until('plain');
    const { headers } = server.requests[0]!;
    expect(headers.upgrade).toBeUndefined();
    expect(headers['http2-settings']).toBeUndefined();
  });
});
