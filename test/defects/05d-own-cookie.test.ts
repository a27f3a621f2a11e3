import type http from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { httpCookie } from '../../src/persistence/http-cookie.ts';
import {
  closeAll,
  fetchFrom,
  get,
  openHttpServer,
  openHttpService,
  openRawServer,
  RawClient,
} from '../support/http-harness.ts';

afterEach(closeAll);

/** A browser's cookies. */
class Jar {
  readonly cookies = new Map<string, string>();

  async ask(port: number): Promise<{ body: string; set: readonly string[] }> {
    const cookie = Array.from(this.cookies, ([name, value]) => `${name}=${value}`).join('; ');
    const { headers, body } = await fetchFrom(port, cookie === '' ? {} : { headers: { cookie } });
    const set = headers['set-cookie'] ?? [];
    for (const line of set) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.cookies.set(name, value);
    }
    return { body: body.toString(), set };
  }
}

/** Answers its own name and the cookies that it got. */
function echo(name: string, ...setCookie: string[]): http.RequestListener {
  return (request, response) => {
    if (setCookie.length > 0) response.setHeader('Set-Cookie', setCookie);
    response.end(`${name}: ${request.headers.cookie ?? ''}`);
  };
}

describe('defect 5d: the name of the persistence cookie belongs to persistence', () => {
  it('keeps a client on its server whatever cookie of that name the server sets', async () => {
    const own = ['SERVERID=mine; Path=/', 'serverid=other'];
    const servers = await Promise.all(['A', 'B', 'C'].map((name) => openHttpServer(echo(name, ...own))));
    const service = await openHttpService({
      servers: servers.map(({ port }) => port),
      persistence: httpCookie(),
    });
    const jar = new Jar();
    const first = await jar.ask(service.port);
    expect(first.set.filter((line) => line.startsWith('SERVERID='))).toHaveLength(1);
    for (let request = 0; request < 5; request++) {
      const { body, set } = await jar.ask(service.port);
      // The server's own cookie is the client's under another name, and the server's again under its own.
      expect(body).toBe(`${first.body.slice(0, 3)}SERVERID=mine; serverid=other`);
      expect(set.filter((line) => line.startsWith('SERVERID='))).toEqual([]);
    }
  });

  it('keeps clients on the servers of two balancers in a row that use the same name', async () => {
    const openTier = async (names: readonly string[]): Promise<number> => {
      const servers = await Promise.all(names.map((name) => openHttpServer(echo(name))));
      const ports = servers.map(({ port }) => port);
      return (await openHttpService({ servers: ports, persistence: httpCookie() })).port;
    };
    const backs = [await openTier(['A', 'B', 'C']), await openTier(['D', 'E', 'F'])];
    const middle = await openHttpService({ servers: backs, persistence: httpCookie() });
    const front = await openHttpService({ servers: [middle.port], persistence: httpCookie() });
    for (const jar of [new Jar(), new Jar(), new Jar()]) {
      const first = await jar.ask(front.port);
      expect(first.set).toHaveLength(3);
      expect(jar.cookies.size).toBe(3);
      for (let request = 0; request < 4; request++) {
        expect(await jar.ask(front.port)).toEqual({ body: first.body, set: [] });
      }
    }
  });

  it('holds for interim responses', async () => {
    const server = await openRawServer(({ socket }) =>
      socket.write(
        'HTTP/1.1 103 Early Hints\r\nSet-Cookie: SERVERID=a\r\n\r\n' +
          'HTTP/1.1 200 OK\r\nset-cookie:SERVERID =b; path=/x\r\nContent-Length: 2\r\n\r\nok',
      ),
    );
    const service = await openHttpService({ servers: [server.port], persistence: httpCookie() });
    const client = await RawClient.connect(service.port);
    client.send(get('/'));
    const answer = await client.until('ok');
    expect(answer).toContain('103 Early Hints\r\nSet-Cookie: SERVERID~=a\r\n');
    expect(answer).toContain('200 OK\r\nset-cookie:SERVERID~ =b; path=/x\r\n');
  });
});
