import { afterEach, describe, expect, it } from 'vitest';
import {
  closeAll,
  get,
  openHttpServer,
  openHttpService,
  openRawServer,
  RawClient,
} from '../../support/http-harness.ts';

afterEach(closeAll);

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const expecting = 'POST / HTTP/1.1\r\nHost: pacs.test\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n';

describe('interim responses', () => {
  it('100 Continue comes from the server, and then the body goes', async () => {
    const server = await openHttpServer((request, response) => {
      request.on('data', (body) => response.end(`got ${String(body)}`));
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send(expecting);
    expect(await client.until('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    client.send('body');
    expect(await client.until('got body')).toMatch(/\r\n\r\nHTTP\/1.1 200 OK\r\n/);
  });

  it('a refusal instead of 100 ends the connection: nobody knows whether the body comes', async () => {
    const server = await openRawServer((connection) => {
      connection.socket.write('HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno');
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send(expecting);
    expect(await client.ended()).toBe('end');
    expect(client.received).toMatch(/^HTTP\/1.1 401 .*Connection: close\r\n\r\nno$/s);
    client.send(get('/evil'));
    client.socket.end();
    expect(server.connections).toHaveLength(1);
    expect(server.connections[0]!.received).not.toContain('evil');
  });

  it('all pass in order, in one piece or in many', async () => {
    const all = `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${ok}`;
    for (const step of [all.length, 7, 1]) {
      const server = await openRawServer(({ socket }) => {
        const send = (start: number): void => {
          if (start >= all.length) return;
          socket.write(all.slice(start, start + step));
          setTimeout(send, 1, start + step);
        };
        send(0);
      });
      const service = await openHttpService({ servers: [server.port] });
      const client = await RawClient.connect(service.port);
      client.send(get('/'));
      expect(await client.until('\r\nok')).toBe(all);
    }
  });

  it('are kept from an HTTP/1.0 client', async () => {
    const server = await openRawServer(({ socket }) => socket.write(`HTTP/1.1 102 Processing\r\n\r\n${ok}`));
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send('GET / HTTP/1.0\r\n\r\n');
    await client.ended();
    expect(client.received).toMatch(/^HTTP\/1.1 200/);
  });

  it.each([
    ['a flood of them', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(21)],
    ['a 101 that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'],
  ])('%s is answered 502', async (_name, interim) => {
    const server = await openRawServer(({ socket }) => socket.write(interim + ok));
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send(get('/'));
    await client.until('HTTP/1.1 502 Bad Gateway');
    expect(client.received).not.toContain('HTTP/1.1 200');
    expect(client.received).not.toContain('HTTP/1.1 101');
  });

  it('an unknown expectation is answered 417', async () => {
    const server = await openHttpServer('ok');
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send(expecting.replace('100-continue', 'y 100-continue'));
    await client.ended();
    expect(client.received).toMatch(/^HTTP\/1.1 417 /);
    expect(server.requests).toHaveLength(0);
  });
});
