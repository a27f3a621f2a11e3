import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
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

const large = randomBytes(5 * 1024 * 1024);
const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function bodyOf(request: http.IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** Answers what it was sent, with a length or in chunks. */
function openEcho(framing: 'length' | 'chunked'): Promise<{ readonly port: number }> {
  return openHttpServer((request, response) => {
    void bodyOf(request).then((body) => {
      response.setHeader('X-Framing', request.headers['transfer-encoding'] ?? 'length');
      if (framing === 'length') response.setHeader('Content-Length', body.length);
      response.write(body.subarray(0, 10));
      response.end(body.subarray(10));
    });
  });
}

describe('bodies', () => {
  it.each([
    ['length', 'length'],
    ['length', 'chunked'],
    ['chunked', 'length'],
    ['chunked', 'chunked'],
  ] as const)('arrive bit for bit: request by %s, response by %s', async (request, response) => {
    const server = await openEcho(response);
    const service = await openHttpService({ servers: [server.port] });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (const body of [large, large.subarray(0, 70_000), large.subarray(0, 100), large.subarray(0, 11)]) {
      const headers =
        request === 'length' ? { 'Content-Length': body.length } : { 'Transfer-Encoding': 'chunked' };
      const answer = await fetchFrom(service.port, { method: 'POST', headers, agent }, body);
      expect(answer.status).toBe(200);
      expect(answer.headers['x-framing']).toBe(request);
      expect(digest(answer.body)).toBe(digest(body));
    }
    agent.destroy();
    expect(service.accepted).toHaveLength(1);
    expect(service.leases).toBe(0);
    const { counters } = service;
    expect(counters.bytesFromServers).toBeGreaterThan(large.length);
    await eventually(() => counters.sessions === 0);
    expect(counters.bytesFromClients).toBeGreaterThan(large.length);
    expect(service.pool.servers[0]!.bytesFromClients).toBeGreaterThan(large.length);
  });

  it('of one huge chunk pass as well', async () => {
    const server = await openRawServer((connection) => {
      if (!connection.received.includes('\r\n\r\n')) return;
      connection.socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      connection.socket.write(`${large.length.toString(16)};name=value\r\n`);
      connection.socket.write(large);
      connection.socket.write('\r\n0\r\nTrailer: x\r\n\r\n');
    });
    const service = await openHttpService({ servers: [server.port] });
    const answer = await fetchFrom(service.port);
    expect(digest(answer.body)).toBe(digest(large));
    const client = await RawClient.connect(service.port);
    const response = await client.ask(get('/'));
    expect(response).not.toContain('name=value');
    expect(response).not.toContain('Trailer');
  });

  it.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n', 'HEAD'],
    ['204', 'HTTP/1.1 204 No Content\r\nContent-Length: 1000\r\n\r\n', 'GET'],
    ['304', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n', 'GET'],
  ])('are not waited for after %s', async (_name, response, method) => {
    const server = await openRawServer((connection) => connection.socket.write(response));
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    const request = `${method} / HTTP/1.1\r\nHost: pacs.test\r\n\r\n`;
    for (let index = 1; index <= 3; index++) {
      client.send(request);
      await client.until((text) => text.split('\r\n\r\n').length === index + 1);
    }
    expect(server.connections).toHaveLength(1);
    expect(client.received.endsWith('\r\n\r\n')).toBe(true);
  });

  it('that end with the connection end the client’s too', async () => {
    const server = await openRawServer((connection) => {
      connection.socket.write('HTTP/1.1 200 OK\r\n\r\n');
      connection.socket.end(large);
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send(get('/'));
    expect(await client.ended()).toBe('end');
    expect(client.received).toContain('\r\nConnection: close\r\n');
    const body = client.received.slice(client.received.indexOf('\r\n\r\n') + 4);
    expect(digest(Buffer.from(body, 'latin1'))).toBe(digest(large));
  });

  it('in chunks reach an HTTP/1.0 client as plain bytes', async () => {
    const server = await openRawServer((connection) => {
      connection.socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
      connection.socket.write('4\r\ndefg\r\n0\r\n\r\n');
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    expect(await client.ended()).toBe('end');
    expect(client.received).toBe('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcdefg');
  });

  it.each([
    ['length', 'Content-Length: 100\r\n\r\nonly this', 'end'],
    ['chunked', 'Transfer-Encoding: chunked\r\n\r\n64\r\nonly this', 'end'],
    ['relayed length', `Content-Length: 100000\r\n\r\n${'x'.repeat(70_000)}`, 'end'],
  ])('cut short by the server (%s) are not made to look whole', async (_name, rest, ending) => {
    const server = await openRawServer((connection) => connection.socket.end(`HTTP/1.1 200 OK\r\n${rest}`));
    const service = await openHttpService({ servers: [server.port] });
    const closed = service.record('sessionClosed');
    const client = await RawClient.connect(service.port);
    client.send(get('/'));
    expect(await client.ended()).toBe(ending);
    expect(client.received).not.toContain('\r\n0\r\n');
    client.socket.end();
    await eventually(() => closed.length === 1);
    expect(closed[0]).toMatchObject({ server: 'A', reason: 'server-reset' });
    expect(service.leases).toBe(0);
  });

  it('that end by a reset of the server end by a reset', async () => {
    const server = await openRawServer((connection) => {
      connection.socket.write('HTTP/1.1 200 OK\r\n\r\nhalf');
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send(get('/'));
    await client.until('half');
    server.connections[0]!.socket.resetAndDestroy();
    expect(await client.ended()).toBe('ECONNRESET');
  });

  it('of responses wait for a slow client, in the server and not in memory', async () => {
    const chunk = Buffer.alloc(65_536, 'x');
    let sent = 0;
    const server = await openHttpServer((_request, response) => {
      const write = (): void => {
        while (sent < 256 * 1024 * 1024) {
          sent += chunk.length;
          if (!response.write(chunk)) {
            response.once('drain', write);
            return;
          }
        }
        response.end();
      };
      write();
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.socket.pause();
    client.send(get('/'));
    let before = -1;
    while (sent !== before) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // What the four socket buffers and the two programs hold; not all of it by far.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    client.socket.resume();
    await eventually(() => sent > before);
    client.socket.destroy();
    await eventually(() => service.leases === 0);
  });

  it('of requests wait for a slow server', async () => {
    const server = await openRawServer(({ socket }) => socket.pause());
    const service = await openHttpService({ servers: [server.port], http: { bodyTimeoutMs: 400 } });
    const client = await RawClient.connect(service.port);
    client.send(`POST / HTTP/1.1\r\nHost: pacs.test\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`;
    let sent = 0;
    while (client.socket.writableLength < 1_000_000 && sent < 64 * 1024 * 1024) {
      client.send(chunk);
      sent += chunk.length;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    // Nobody moves: the server is given up.
    await client.until('HTTP/1.1 504 ');
    expect(service.leases).toBe(0);
  });

  it('left over when the response is there end both connections', async () => {
    const server = await openRawServer((connection) => {
      if (connection.received.endsWith('begun')) {
        connection.socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno');
      }
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send('POST / HTTP/1.1\r\nHost: pacs.test\r\nContent-Length: 100000\r\n\r\nbegun');
    expect(await client.ended()).toBe('end');
    expect(client.received).toMatch(/^HTTP\/1.1 403 .*Connection: close\r\n\r\nno$/s);
    // The client may go on sending for a while, so that a reset does not overtake the response.
    client.send('x'.repeat(1000));
    client.socket.end();
    await eventually(() => server.connections[0]!.socket.destroyed);
    expect(server.connections[0]!.received).not.toContain('xxx');
    expect(service.leases).toBe(0);
  });

  it('left over in a relay when the response is there do so too', async () => {
    const server = await openRawServer((connection) => {
      if (connection.received.length > 150_000 && connection.socket.writable) {
        connection.socket.end('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno');
      }
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send(
      `POST / HTTP/1.1\r\nHost: pacs.test\r\nContent-Length: 10000000\r\n\r\n${'x'.repeat(200_000)}`,
    );
    expect(await client.ended()).toBe('end');
    expect(client.received).toMatch(/^HTTP\/1.1 413 .*no$/s);
    client.send('x'.repeat(200_000));
    client.socket.end();
    await eventually(() => service.path.size === 0);
    expect(service.leases).toBe(0);
  });

  it('of a client that goes away free the server', async () => {
    const server = await openHttpServer(() => undefined);
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send('POST / HTTP/1.1\r\nHost: pacs.test\r\nContent-Length: 1000\r\n\r\npart');
    await eventually(() => server.requests.length === 1);
    expect(service.leases).toBe(1);
    const aborted = once(server.requests[0]!, 'error');
    client.socket.destroy();
    await aborted;
    await eventually(() => service.path.size === 0);
    expect(service.leases).toBe(0);
  });
});
