import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectProbe } from '../../../src/health/probes/connect-probe.ts';
import { httpProbe, type HttpProbeOptions } from '../../../src/health/probes/http-probe.ts';
import { closedPort } from '../../support/closed-port.ts';
import { ProbeFixture } from './probe-fixture.ts';

let fixture: ProbeFixture;

beforeEach(() => {
  fixture = new ProbeFixture();
});

afterEach(() => fixture.close());

/** A server that reports how each connection ended. */
async function serveAndWatchEnd(onConnection: (socket: Socket) => void): Promise<{
  port: number;
  ended: Promise<'FIN' | 'RST'>;
}> {
  const { promise, resolve } = deferred<'FIN' | 'RST'>();
  const port = await fixture.serveTcp((socket) => {
    socket.on('end', () => resolve('FIN')).on('error', () => resolve('RST'));
    onConnection(socket);
  });
  return { port, ended: promise };
}

describe('connectProbe', () => {
  it('connects, and closes by FIN without sending anything', async () => {
    let received = 0;
    const { port, ended } = await serveAndWatchEnd((socket) => {
      socket.on('data', (bytes) => (received += bytes.length)).on('end', () => socket.end());
    });
    expect(await fixture.check(connectProbe(), port)).toEqual({
      ok: true,
      code: 'connected',
      reason: `127.0.0.1:${port} accepted the connection`,
    });
    expect(await ended).toBe('FIN');
    expect(received).toBe(0);
  });

  it('does not wait for a server that keeps its side open, but resets it soon', async () => {
    const { promise: closed, resolve } = deferred<number>();
    const port = await fixture.serveTcp((socket) => {
      // Writes go through for as long as the connection is half open, and fail once it was reset.
      const writes = setInterval(() => socket.write('.'), 10);
      socket.resume().on('close', () => {
        clearInterval(writes);
        resolve(performance.now());
      });
    });
    expect(await fixture.check(connectProbe(), port)).toMatchObject({ code: 'connected' });
    const connectedMs = performance.now();
    expect((await closed) - connectedMs).toBeGreaterThan(150);
  });

  it('is refused by a closed port', async () => {
    expect(await fixture.check(connectProbe(), await closedPort())).toMatchObject({
      ok: false,
      code: 'refused',
    });
  });

  it('checks the port of its own', async () => {
    const port = await fixture.serveTcp((socket) => socket.resume().on('end', () => socket.end()));
    expect(await fixture.check(connectProbe({ port }), await closedPort())).toMatchObject({ ok: true });
  });

  it.each(['before', 'right after'])('is aborted %s it began', async (when) => {
    const controller = new AbortController();
    const port = await fixture.serveTcp((socket) => socket.resume());
    if (when === 'before') controller.abort();
    const result = fixture.check(connectProbe(), port, controller.signal);
    controller.abort();
    expect(await result).toMatchObject({ ok: false, code: 'timeout' });
  });
});

describe('httpProbe', () => {
  /** Answers every request with these bytes and closes; resolves with the request. */
  async function serveHttp(response: string): Promise<{ port: number; request: Promise<string> }> {
    const { promise, resolve } = deferred<string>();
    const port = await fixture.serveTcp((socket) => {
      let request = '';
      socket.setEncoding('latin1').on('data', (text: string) => {
        request += text;
        if (!request.endsWith('\r\n\r\n')) return;
        resolve(request);
        socket.end(response, 'latin1');
      });
    });
    return { port, request: promise };
  }

  it('asks for the head of / and expects 200', async () => {
    const { port, request } = await serveHttp('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n');
    expect(await fixture.check(httpProbe(), port)).toMatchObject({ ok: true, code: 'status-200' });
    expect(await request).toBe(`HEAD / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
  });

  it('sends what it is told to', async () => {
    const { port, request } = await serveHttp('HTTP/1.1 204 No Content\r\n\r\n');
    const options: HttpProbeOptions = {
      method: 'OPTIONS',
      path: '*',
      host: 'pacs.example',
      headers: { 'X-Check': 'yes' },
      expectStatus: [200, 204],
    };
    expect(await fixture.check(httpProbe(options), port)).toMatchObject({ ok: true, code: 'status-204' });
    expect(await request).toBe(
      'OPTIONS * HTTP/1.1\r\nHost: pacs.example\r\nX-Check: yes\r\nConnection: close\r\n\r\n',
    );
  });

  it.each<[string, HttpProbeOptions, string, boolean, string]>([
    ['a redirect', {}, 'HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n', false, 'status-302'],
    [
      'a redirect that is expected',
      { expectStatus: [{ min: 300, max: 399 }] },
      'HTTP/1.1 302 Found\r\n\r\n',
      true,
      'status-302',
    ],
    ['a failing server', {}, 'HTTP/1.1 503 Busy\r\n\r\n', false, 'status-503'],
    [
      'the expected text',
      { method: 'GET', expectBody: 'alive' },
      'HTTP/1.1 200 OK\r\n\r\nI am alive',
      true,
      'status-200',
    ],
    [
      'another text',
      { method: 'GET', expectBody: 'alive' },
      'HTTP/1.1 200 OK\r\n\r\nI am ill',
      false,
      'body-mismatch',
    ],
    ['another protocol', {}, '220 mail ready\r\n', false, 'malformed'],
    ['a connection closed without a word', {}, '', false, 'closed'],
  ])('judges %s', async (_what, options, response, ok, code) => {
    const { port } = await serveHttp(response);
    expect(await fixture.check(httpProbe(options), port)).toMatchObject({ ok, code });
  });

  it('tells a reset from a close', async () => {
    const port = await fixture.serveTcp((socket) => socket.on('data', () => socket.resetAndDestroy()));
    expect(await fixture.check(httpProbe(), port)).toMatchObject({ ok: false, code: 'reset' });
  });

  it('stops reading a response without end', async () => {
    const port = await fixture.serveTcp((socket) => {
      const chunk = Buffer.alloc(65_536, 'x');
      const pour = (): void => {
        while (socket.writable && socket.write(chunk));
      };
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.on('drain', pour);
      pour();
    });
    const probe = httpProbe({ method: 'GET', expectBody: 'alive' });
    expect(await fixture.check(probe, port)).toMatchObject({ ok: false, code: 'body-mismatch' });
  });

  it('leaves nothing open when it is aborted while it waits', async () => {
    const controller = new AbortController();
    const { port, ended } = await serveAndWatchEnd((socket) => socket.on('data', () => controller.abort()));
    const result = await fixture.check(httpProbe(), port, controller.signal);
    expect(result).toMatchObject({ ok: false, code: 'timeout' });
    expect(await ended).toBe('RST');
  });

  it('is refused by a closed port', async () => {
    expect(await fixture.check(httpProbe(), await closedPort())).toMatchObject({
      ok: false,
      code: 'refused',
    });
  });
});

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
