import { afterEach, describe, expect, it } from 'vitest';
import {
  closeAll,
  eventually,
  get,
  openHttpServer,
  openHttpService,
  openRawServer,
  RawClient,
  type HttpServiceUnderTest,
} from '../support/http-harness.ts';

afterEach(closeAll);

/** Answers what it got, as text. */
async function openEcho(): Promise<HttpServiceUnderTest> {
  const server = await openHttpServer((request, response) => {
    const { method, url, httpVersion, rawHeaders } = request;
    request.resume();
    response.end(`${method} ${url} HTTP/${httpVersion}|${rawHeaders.join('|')}|`);
  });
  return openHttpService({ servers: [server.port] });
}

async function answerTo(service: HttpServiceUnderTest, request: string): Promise<string> {
  const client = await RawClient.connect(service.port);
  return client.ask(request);
}

describe('defect 11: strict is not the same as non-conformant', () => {
  it('takes a target with the default port for the host without one', async () => {
    const answer = await answerTo(await openEcho(), get('http://pacs.test:80/x'));
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*GET \/x HTTP\/1\.1\|Host\|pacs\.test\|/);
  });

  it('takes an absolute target without Host in HTTP/1.0, and tells the server the host', async () => {
    const answer = await answerTo(await openEcho(), 'GET http://pacs.test/x HTTP/1.0\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*GET \/x HTTP\/1\.0\|Host\|pacs\.test\|/);
  });

  it('takes HTTP/1.2 for 1.1, from clients and servers', async () => {
    const service = await openEcho();
    const client = await RawClient.connect(service.port);
    for (let request = 0; request < 2; request++) {
      const answer = await client.ask('GET / HTTP/1.2\r\nHost: a\r\n\r\n');
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*GET \/ HTTP\/1\.1\|/);
    }
    const server = await openRawServer(({ socket }) => {
      socket.write('HTTP/1.2 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const other = await openHttpService({ servers: [server.port] });
    expect(await answerTo(other, get('/'))).toBe('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  });

  it('bears white space around the extensions of a server, and drops them', async () => {
    const server = await openRawServer(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2 ; a = b\r\nok\r\n0\r\n\r\n');
    });
    const service = await openHttpService({ servers: [server.port] });
    expect(await answerTo(service, get('/'))).toBe(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    );
  });

  it('gives the answer to a refused HEAD no body', async () => {
    const service = await openHttpService({ servers: [], http: { headTimeoutMs: 100, maxHeadBytes: 1024 } });
    for (const [request, status] of [
      ['HEAD / HTTP/1.1\r\n\r\n', 400],
      [`HEAD /${'a'.repeat(1100)}`, 414],
      ['HEAD / HTTP/2.0\r\n\r\n', 505],
      ['HEAD / HTTP/1.1\r\nHost: a\r\n', 408],
      [get('/').replace('GET', 'HEAD').replace('Host', 'Connection: close\r\nHost'), 503],
    ] as const) {
      const client = await RawClient.connect(service.port);
      await client.send(request).ended();
      expect(client.received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*\r\n(?:.+\r\n)+\r\n$`));
      expect(client.received).toMatch(/Content-Length: [1-9]/);
    }
    const client = await RawClient.connect(service.port);
    await client.send('GET / HTTP/1.1\r\n\r\n').ended();
    expect(client.received).toMatch(/^HTTP\/1\.1 400 [^]*<h1>400/);
  });

  it('says when it answers', async () => {
    const service = await openHttpService({ servers: [] });
    const startS = Math.floor(Date.now() / 1000);
    for (const request of [get('/'), 'GET / HTTP/1.1\r\n\r\n']) {
      const date = /\r\nDate: (.*)\r\n/.exec(await answerTo(service, request))![1]!;
      expect(new Date(date).toUTCString()).toBe(date);
      expect(Date.parse(date) / 1000).toBeGreaterThanOrEqual(startS);
      expect(Date.parse(date)).toBeLessThanOrEqual(Date.now());
    }
  });

  it('answers an OPTIONS request that may go no further, and counts others down', async () => {
    const service = await openEcho();
    const client = await RawClient.connect(service.port);
    const options = (hops: number): string => get('/', `Max-Forwards: ${hops}`).replace('GET', 'OPTIONS');
    expect(await client.ask(options(0))).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*Content-Length: 0\r\n/);
    expect(service.counters.exchangesTotal).toBe(1);
    expect(await client.ask(options(2))).toContain('|Max-Forwards|1|');
    expect(await client.ask(options(2).replace('OPTIONS', 'GET'))).toContain('|Max-Forwards|2|');
    expect(service.leases).toBe(0);
  });

  it('writes a padded length without its zeros', async () => {
    const server = await openRawServer(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0002\r\n\r\nok');
    });
    const service = await openHttpService({ servers: [server.port] });
    expect(await answerTo(service, get('/'))).toBe('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  });

  it('refuses a head once it is invalid, in the midst of a line', async () => {
    const service = await openHttpService({ servers: [], http: { headTimeoutMs: 20_000 } });
    const garbage = [
      ['GE', '\x16\x03\x01'],
      ['GET / HTTP/1.1\r\nHost: a\r\nX', ' \0'],
    ] as const;
    for (const [index, [first, second]] of garbage.entries()) {
      const client = await RawClient.connect(service.port);
      client.send(first);
      await eventually(() => service.accepted[index]?.bytesRead === first.length);
      client.send(second);
      expect(await client.until('</h1>')).toMatch(/^HTTP\/1\.1 400 /);
    }
  });
});
