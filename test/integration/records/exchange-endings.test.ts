import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chain } from '../../../src/persistence/chain.ts';
import { httpCookie } from '../../../src/persistence/http-cookie.ts';
import { sourceIp } from '../../../src/persistence/source-ip.ts';
import { AccessLog } from '../../../src/records/access-log.ts';
import type { AccessLogOptions } from '../../../src/index.ts';
import { systemRuntime } from '../../../src/runtime/system-runtime.ts';
import { AccessRecords } from '../../support/access-records.ts';
import { closedPort } from '../../support/closed-port.ts';
import {
  closeAll,
  get,
  openHttpService,
  openRawServer,
  openHttpServer,
  RawClient,
  type HttpServiceOptions,
  type HttpServiceUnderTest,
} from '../../support/http-harness.ts';

let service: HttpServiceUnderTest;
let records: AccessRecords;

afterEach(closeAll);

async function start(options: HttpServiceOptions): Promise<RawClient> {
  service = await openHttpService(options);
  records = new AccessRecords({
    accessLog: (log: AccessLogOptions) => new AccessLog(service.facts, systemRuntime, log),
  });
  return RawClient.connect(service.port);
}

/** A server that answers each request with these bytes, and then does something. */
async function answering(text: string, then: 'stay' | 'end' | 'reset' = 'stay'): Promise<number> {
  const { port } = await openRawServer(({ socket }) => {
    socket.write(text, 'latin1', () => {
      if (then === 'end') socket.end();
      else if (then === 'reset') socket.resetAndDestroy();
    });
  });
  return port;
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const half = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf';
const post = ['POST / HTTP/1.1', 'Host: pacs.test', 'Content-Length: 9', '', 'half'].join('\r\n');

describe('an exchange', () => {
  it('----: that ends well is told with all that is known of it', async () => {
    const client = await start({ servers: [await answering(ok)], persistence: sourceIp() });
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const request = get(
      '/portal?patient=DOE',
      `traceparent: ${traceparent}`,
      'Cookie: a=b',
      'Authorization: Basic x',
    );
    await client.ask(request);
    await client.ask(get('/portal'));
    const record = await records.first();
    expect(record).toMatchObject({
      protocol: 'http',
      exchange: 1,
      client: `127.0.0.1:${client.socket.localPort}`,
      server: 'A',
      pick: 'balance',
      tries: 0,
      waitMs: 0,
      bytesFromServer: ok.length,
      method: 'GET',
      status: 200,
      path: '/portal',
      traceparent,
      ending: '----',
      sessions: 1,
    });
    expect(record.bytesFromClient).toBeGreaterThan(request.length);
    expect(record.totalMs).toBeGreaterThanOrEqual(record.connectMs! + record.firstByteMs!);
    expect(JSON.stringify(record)).not.toMatch(/DOE|Basic|a=b/u);
    const second = await records.count(2);
    expect(second).toMatchObject({ exchange: 2, pick: 'table', key: 'address', connectMs: 0 });
    expect(second.traceparent).toBeUndefined();
    expect(second.sessionId).toBe(record.sessionId);
    expect(second.bytesFromServer).toBe(ok.length);
  });

  it('PR: that is no HTTP', async () => {
    const client = await start({ servers: [1] });
    client.send('GET /\r\n\r\n');
    const record = await records.first();
    expect(record).toMatchObject({ ending: 'PR--', status: 400, server: undefined, pick: 'none' });
    expect(record.path).toBeUndefined();
  });

  it('PR: after one that was served, without anything of that one', async () => {
    const client = await start({ servers: [await answering(ok)] });
    await client.ask(get('/first'));
    client.send('BAD\r\n\r\n');
    const record = await records.count(2);
    expect(record).toMatchObject({ ending: 'PR--', server: undefined, bytesFromServer: 0, exchange: 2 });
    expect(record.path).toBeUndefined();
  });

  it('PR: whose body is invalid', async () => {
    const client = await start({ servers: [await answering('')] });
    client.send(['POST / HTTP/1.1', 'Host: pacs.test', 'Transfer-Encoding: chunked', '', 'x'].join('\r\n'));
    client.send('yz\r\n');
    expect(await records.first()).toMatchObject({ ending: 'PR--', status: 400 });
  });

  it('cR: whose head does not come', async () => {
    const client = await start({ servers: [1], http: { headTimeoutMs: 50 } });
    client.send('GET / HT');
    const record = await records.first();
    expect(record).toMatchObject({ ending: 'cR--', status: 408, method: 'GET' });
    expect(record.totalMs).toBeGreaterThan(40);
  });

  it('SC: for which no server can be reached', async () => {
    const client = await start({ servers: [await closedPort()] });
    client.send(get('/'));
    expect(await records.first()).toMatchObject({ ending: 'SC--', status: 503, server: 'A', tries: 1 });
  });

  it('LC: that a page answers instead of a server', async () => {
    const client = await start({ servers: [], http: { fallback: { page: { body: 'closed' } } } });
    client.send(get('/'));
    expect(await records.first()).toMatchObject({ ending: 'LC--', server: undefined, pick: 'fallback' });
  });

  it('----: that another server than those of the pool answers', async () => {
    const { port } = await openHttpServer('fallback');
    const client = await start({ servers: [], http: { fallback: { server: { host: '127.0.0.1', port } } } });
    client.send(get('/'));
    expect(await records.first()).toMatchObject({ ending: '----', server: 'fallback', pick: 'fallback' });
  });

  it('LR: that may go no further', async () => {
    const client = await start({ servers: [await answering(ok)] });
    await client.ask(get('/'));
    client.send(['OPTIONS * HTTP/1.1', 'Host: pacs.test', 'Max-Forwards: 0', '', ''].join('\r\n'));
    expect(await records.count(2)).toMatchObject({ ending: 'LR--', server: undefined, path: '*', tries: 0 });
  });

  it.each([
    ['SH', 'resets before it answers', '', 'reset', 502],
    ['SH', 'ends before it answers', '', 'end', 502],
    ['PH', 'answers no HTTP', 'nonsense\r\n\r\n', 'stay', 502],
    ['SD', 'resets in the midst of a response', half, 'reset', 200],
    ['SD', 'ends in the midst of a response', half, 'end', 200],
  ] as const)('%s: whose server %s', async (ending, _, text, then, status) => {
    const client = await start({ servers: [await answering(text, then)] });
    client.send(get('/'));
    expect(await records.first()).toMatchObject({ ending: `${ending}--`, status, server: 'A' });
  });

  it.each([
    ['sH', 'server does not answer', get('/'), '', { responseTimeoutMs: 50 }, 504],
    ['cH', 'client does not send its body', post, '', { bodyTimeoutMs: 50 }, 408],
    ['sD', 'server stops in the midst of a response', get('/'), half, { bodyTimeoutMs: 50 }, 200],
  ] as const)('%s: whose %s in time', async (ending, _, request, text, http, status) => {
    const client = await start({ servers: [await answering(text)], http });
    client.send(request);
    expect(await records.first()).toMatchObject({ ending: `${ending}--`, status });
  });

  it('CH: whose client goes before the answer', async () => {
    const { port } = await openRawServer(() => client.socket.resetAndDestroy());
    const client = await start({ servers: [port] });
    client.send(get('/'));
    expect(await records.first()).toMatchObject({ ending: 'CH--', status: 0 });
  });

  it('CD: whose client goes in the midst of the answer', async () => {
    const client = await start({ servers: [await answering(half)] });
    client.send(get('/'));
    await client.until('half');
    client.socket.resetAndDestroy();
    expect(await records.first()).toMatchObject({ ending: 'CD--', status: 200 });
  });

  it('KD: that a stop cuts', async () => {
    const client = await start({ servers: [await answering(half)] });
    client.send(get('/'));
    await client.until('half');
    service.path.abort('stopped');
    expect(await records.first()).toMatchObject({ ending: 'KD--' });
  });

  it('----: a tunnel, with what went through it', async () => {
    const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    const { port } = await openRawServer(({ socket }, piece) => {
      socket.write(piece.startsWith('GET') ? upgrade : piece.repeat(2));
    });
    const client = await start({ servers: [port] });
    client.send(get('/ws', 'Connection: Upgrade', 'Upgrade: websocket'));
    await client.until('\r\n\r\n');
    client.send('ping');
    await client.until('pingping');
    client.socket.end();
    await client.ended();
    const record = await records.first();
    expect(record).toMatchObject({ ending: '----', status: 101 });
    expect(record.bytesFromServer).toBe(upgrade.length + 8);
  });
});

describe('the letters of the cookie', () => {
  beforeEach(async () => {
    const persistence = chain(httpCookie({ name: 'S' }), sourceIp());
    await start({ servers: [await answering(ok), await answering(ok)], persistence });
  });

  async function letters(...lines: readonly string[]): Promise<{ letters: string; cookie: string }> {
    const client = await RawClient.connect(service.port);
    const before = records.all.length;
    const answer = await client.ask(get('/', ...lines));
    const { ending } = await records.count(before + 1);
    return { letters: ending.slice(2), cookie: /Set-Cookie: ([^;]*)/iu.exec(answer)?.[1] ?? '' };
  }

  it('tell of it', async () => {
    const first = await letters();
    expect(first.letters).toBe('NI');
    const cookie = `Cookie: ${first.cookie}`;
    expect((await letters(cookie)).letters).toBe('VN');
    expect((await letters('Cookie: S=nonsense')).letters).toBe('II');
    service.pool.setAdminState(records.all[0]!.server!, 'halt');
    expect((await letters(cookie)).letters).toBe('DI');
  });
});
