import { afterEach, describe, expect, it } from 'vitest';
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
const head = (...lines: string[]): string => [...lines, '', ''].join('\r\n');
const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: pacs.test\r\n\r\n';

describe('request smuggling', () => {
  it.each([
    [
      'CL.TE',
      head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 6', 'Transfer-Encoding: chunked') + '0\r\n\r\nX',
    ],
    [
      'TE.CL',
      head('POST / HTTP/1.1', 'Host: h', 'Transfer-Encoding: chunked', 'Content-Length: 3') +
        '8\r\nSMUGGLED\r\n0\r\n\r\n',
    ],
    ['xchunked', head('POST / HTTP/1.1', 'Host: h', 'Transfer-Encoding: xchunked') + smuggled],
    ['space before colon', head('POST / HTTP/1.1', 'Host: h', 'Transfer-Encoding : chunked') + smuggled],
    ['vertical tab', head('POST / HTTP/1.1', 'Host: h', 'Transfer-Encoding:\x0bchunked') + smuggled],
    ['folding', head('POST / HTTP/1.1', 'Host: h', 'Transfer-Encoding: chunked', ' , identity') + smuggled],
    ['two lengths', head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 5', 'Content-Length: 5') + 'hello'],
    ['plus in length', head('POST / HTTP/1.1', 'Host: h', 'Content-Length: +5') + 'hello'],
    ['bare LF', 'GET / HTTP/1.1\nHost: h\n\n'],
    ['bare CR', 'GET / HTTP/1.1\r\nHost: h\r\nA: b\rTransfer-Encoding: chunked\r\n\r\n'],
    ['NUL', 'GET / HTTP/1.1\r\nHost: h\0\r\n\r\n'],
    ['TE in HTTP/1.0', head('POST / HTTP/1.0', 'Transfer-Encoding: chunked') + '0\r\n\r\n'],
    ['two hosts', head('GET / HTTP/1.1', 'Host: a', 'Host: b')],
    ['no host', head('GET / HTTP/1.1')],
    ['fragment', get('/a#b')],
    ['lower case method', get('/').replace('GET', 'get')],
  ])('%s is answered 400, and no server sees it', async (_name, bytes) => {
    const server = await openRawServer(({ socket }) => socket.write(ok));
    const service = await openHttpService({ servers: [server.port] });
    const refused = service.record('clientRefused');
    const client = await RawClient.connect(service.port);
    client.send(bytes + smuggled);
    await client.ended();
    expect(client.received).toMatch(/^HTTP\/1.1 400 Bad Request\r\n[^]*\r\nConnection: close\r\n/);
    expect(client.received.split('HTTP/1.1')).toHaveLength(2);
    expect(server.connections).toHaveLength(0);
    expect(refused).toMatchObject([{ reason: 'bad-request' }]);
  });

  it.each([
    ['CONNECT', 'CONNECT pacs.test:443 HTTP/1.1\r\nHost: pacs.test\r\n\r\n', '501'],
    ['TRACE', get('/').replace('GET', 'TRACE'), '501'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '505'],
    ['a long target', get(`/${'x'.repeat(20_000)}`), '414'],
    ['a long head', get('/', `X: ${'x'.repeat(20_000)}`), '431'],
    ['many headers', get('/', ...Array.from({ length: 200 }, (_, index) => `X${index}: 1`)), '431'],
  ])('%s is refused with its own status', async (_name, bytes, status) => {
    const service = await openHttpService({ servers: [] });
    const client = await RawClient.connect(service.port);
    client.send(bytes);
    await client.ended();
    expect(client.received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it('in a chunked body ends the exchange with 400, and the server connection', async () => {
    const server = await openRawServer(() => undefined);
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send(head('POST / HTTP/1.1', 'Host: h', 'Transfer-Encoding: chunked') + '5\r\nhello\r\n');
    await eventually(() => server.connections[0]?.received.endsWith('hello\r\n') === true);
    client.send(`0x5\r\n${smuggled}`);
    await client.ended();
    expect(client.received).toMatch(/^HTTP\/1.1 400 /);
    await eventually(() => server.connections[0]!.socket.destroyed);
    expect(server.connections[0]!.received).not.toContain('smuggled');
    expect(service.leases).toBe(0);
  });

  it('behind a valid request: that one is answered first', async () => {
    const server = await openHttpServer((_request, response) => setTimeout(() => response.end('first'), 20));
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send(`${get('/')}Invalid\r\n\r\n`);
    await client.ended();
    expect(client.received).toMatch(/^HTTP\/1.1 200 OK[^]*firstHTTP\/1.1 400 Bad Request/);
    expect(server.requests).toHaveLength(1);
  });

  it('with a body that a GET should not have: the body is a body', async () => {
    const server = await openHttpServer((request, response) => {
      request.resume().on('end', () => response.end(request.url));
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send(get('/first', `Content-Length: ${smuggled.length}`) + smuggled + get('/second'));
    await client.until('/second');
    expect(server.requests.map((request) => request.url)).toEqual(['/first', '/second']);
  });

  it('by chunk extensions and trailers: they are dropped', async () => {
    const server = await openRawServer(({ socket, received }) => {
      if (received.endsWith('0\r\n\r\n')) socket.write(ok);
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    const body = '5;ext=1\r\nhello\r\n0;last\r\nTransfer-Encoding: chunked\r\nCookie: SERVERID=A\r\n\r\n';
    await client.ask(head('POST / HTTP/1.1', 'Host: h', 'Transfer-Encoding: chunked') + body);
    expect(server.connections[0]!.received).toMatch(/\r\n\r\n5\r\nhello\r\n0\r\n\r\n$/);
  });
});

describe('slow clients', () => {
  it('a head that trickles in is answered 408, however active the client is', async () => {
    const service = await openHttpService({ servers: [], http: { headTimeoutMs: 100 } });
    const refused = service.record('clientRefused');
    const client = await RawClient.connect(service.port);
    const startMs = performance.now();
    const trickle = setInterval(() => client.send('x'), 10);
    client.send('GET / HTTP/1.1\r\nX: ');
    await client.until('HTTP/1.1 408 Request Timeout');
    clearInterval(trickle);
    expect(performance.now() - startMs).toBeLessThan(5_000);
    expect(await client.ended()).toBe('end');
    expect(refused).toMatchObject([{ reason: 'timeout' }]);
  });

  it('so is the second head of a connection, counted from its first byte', async () => {
    const server = await openHttpServer('ok');
    const service = await openHttpService({ servers: [server.port], http: { headTimeoutMs: 60 } });
    const client = await RawClient.connect(service.port);
    await client.ask(get('/'));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(client.ending).toBeUndefined();
    client.send('GET');
    await client.until('HTTP/1.1 408 Request Timeout');
  });

  it('one that says nothing at all is closed without a word', async () => {
    const service = await openHttpService({ servers: [], http: { headTimeoutMs: 50 } });
    const client = await RawClient.connect(service.port);
    expect(await client.ended()).toBe('end');
    expect(client.received).toBe('');
  });

  it('one that asks for nothing more is closed after keepAliveTimeoutMs', async () => {
    const server = await openHttpServer('ok');
    const service = await openHttpService({ servers: [server.port], http: { keepAliveTimeoutMs: 50 } });
    const closed = service.record('sessionClosed');
    const client = await RawClient.connect(service.port);
    const response = await client.ask(get('/'));
    expect(await client.ended()).toBe('end');
    expect(client.received).toBe(response);
    await eventually(() => closed.length === 1);
    expect(closed[0]).toMatchObject({ reason: 'idle', server: 'A', service: 'WEB', error: undefined });
  });

  it('a body that stops is answered 408', async () => {
    const server = await openHttpServer(() => undefined);
    const service = await openHttpService({ servers: [server.port], http: { bodyTimeoutMs: 60 } });
    const client = await RawClient.connect(service.port);
    client.send(head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 10') + 'half');
    expect(await client.ended()).toBe('end');
    expect(client.received).toMatch(/^HTTP\/1.1 408 /);
    expect(service.leases).toBe(0);
  });
});

describe('clients that go away', () => {
  it.each([
    ['with a reset', false],
    ['with FIN, where that means it', true],
  ])('while a slow response is awaited free the server: %s', async (_how, abortOnClientEnd) => {
    const server = await openHttpServer(() => undefined);
    const service = await openHttpService({ servers: [server.port], http: { abortOnClientEnd } });
    const finished = service.record('exchangeFinished');
    const client = await RawClient.connect(service.port);
    client.send(get('/'));
    await eventually(() => service.leases === 1 && server.requests.length === 1);
    if (abortOnClientEnd) client.socket.destroy();
    else client.socket.resetAndDestroy();
    await eventually(() => service.leases === 0 && service.path.size === 0);
    expect(finished).toMatchObject([{ status: 0, server: 'A' }]);
    await eventually(() => server.requests[0]!.destroyed);
  });

  it('may half-close on purpose', async () => {
    const server = await openHttpServer((request, response) => {
      request.resume().on('end', () => setTimeout(() => response.end('late'), 20));
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port, { allowHalfOpen: true });
    client.send(head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 4') + 'body' + get('/2'));
    client.socket.end();
    expect(await client.ended()).toBe('end');
    expect(client.received.split('late')).toHaveLength(3);
    expect(service.leases).toBe(0);
  });
});

describe('what clients claim', () => {
  it('about where they come from is replaced', async () => {
    const server = await openHttpServer('ok');
    const service = await openHttpService({ servers: [server.port] });
    const spoofed = {
      'X-Forwarded-For': ['1.2.3.4', '5.6.7.8'],
      'X-Real-IP': '1.2.3.4',
      Forwarded: 'for=1.2.3.4',
      X_Forwarded_For: '1.2.3.4',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'evil',
    };
    await fetchFrom(service.port, { headers: spoofed });
    const { headers } = server.requests[0]!;
    expect(headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': String(service.port),
    });
    expect(JSON.stringify(headers)).not.toMatch(/1\.2\.3\.4|evil/);
  });

  it('is added to where clients are trusted proxies', async () => {
    const server = await openHttpServer('ok');
    const service = await openHttpService({ servers: [server.port], http: { forwardedFor: 'append' } });
    await fetchFrom(service.port, {
      headers: { 'X-Forwarded-For': '1.2.3.4', 'X-Forwarded-Proto': 'https' },
    });
    expect(server.requests[0]!.headers).toMatchObject({
      'x-forwarded-for': '1.2.3.4, 127.0.0.1',
      'x-forwarded-proto': 'https',
    });
  });

  it('to be for one hop does not strip what is true', async () => {
    const server = await openHttpServer('ok');
    const service = await openHttpService({ servers: [server.port] });
    const connection = 'close, X-Forwarded-For, Cookie, Host, X-Mine';
    await fetchFrom(service.port, {
      headers: { Connection: connection, Cookie: 'a=1', 'X-Mine': 'mine', Host: 'h' },
    });
    const { headers } = server.requests[0]!;
    expect(headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', cookie: 'a=1', host: 'h' });
    expect(headers['x-mine']).toBeUndefined();
  });

  it('in a target is forwarded byte for byte', async () => {
    const server = await openHttpServer('ok');
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    const target = '/a/../b//%2e%2e/%2f;x=\\?q=%00&r=/../';
    await client.ask(get(target));
    expect(server.requests[0]!.url).toBe(target);
  });
});
