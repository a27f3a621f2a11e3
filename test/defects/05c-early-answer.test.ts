import { afterEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../src/engine/engine.ts';
import {
  closeAll,
  eventually,
  get,
  openHttpServer,
  openHttpService,
  openRawServer,
  RawClient,
} from '../support/http-harness.ts';

afterEach(closeAll);

const tries = 60;
const answer = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 9\r\n\r\ntoo large';

/** A server that answers at once and goes, with most of the request unread. */
function hasty(text: string, how: 'destroy' | 'resetAndDestroy') {
  return openRawServer(({ socket }) => {
    socket.pause().removeAllListeners('data');
    socket.write(text);
    socket[how]();
  });
}

/** Does something just before the next bytes of a connection are handled. */
function beforeData(connection: Connection, act: () => void): void {
  const { handler } = connection;
  connection.handler = {
    onConnect: (of) => handler.onConnect(of),
    onData: (of, bytes, start, end) => {
      of.handler = handler;
      act();
      handler.onData(of, bytes, start, end);
    },
    onEnd: (of) => handler.onEnd(of),
    onDrain: (of) => handler.onDrain(of),
    onRelayed: (of) => handler.onRelayed(of),
    onClose: (of, error) => handler.onClose(of, error),
  };
}

describe('defect 5c: an answer that comes before its request is whole, with a reset behind it', () => {
  it.each(['destroy', 'resetAndDestroy'] as const)('reaches the client, every time: %s', async (how) => {
    const server = await hasty(answer, how);
    const service = await openHttpService({ servers: [server.port], pool: { passiveHealth: false } });
    for (let index = 0; index < tries; index++) {
      const client = await RawClient.connect(service.port);
      const size = [2_000, 100_000, 1_000_000][index % 3]!;
      client.send(`POST / HTTP/1.1\r\nHost: pacs.test\r\nContent-Length: ${size + 1}\r\n\r\n`);
      await eventually(() => service.leases === 1 || client.received !== '');
      client.send('x'.repeat(size));
      expect(await client.until('too large')).toMatch(/^HTTP\/1.1 413/);
      client.socket.destroy();
    }
  });

  it('reaches the client though a write found the reset first', async () => {
    const server = await openRawServer(() => undefined);
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send('POST / HTTP/1.1\r\nHost: pacs.test\r\nContent-Length: 100\r\n\r\n');
    await eventually(() => server.connections.length === 1);
    beforeData(service.accepted[0]!, () => {
      server.connections[0]!.socket.write(answer);
      server.connections[0]!.socket.resetAndDestroy();
    });
    client.send('x'.repeat(50));
    expect(await client.until('too large')).toMatch(/^HTTP\/1.1 413/);
  });

  it('is not confused with none', async () => {
    const server = await openRawServer(({ socket }) => socket.resetAndDestroy());
    const good = await openHttpServer('ok');
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send('POST / HTTP/1.1\r\nHost: pacs.test\r\nContent-Length: 4\r\n\r\nbody');
    await client.until('HTTP/1.1 502');
    const other = await openHttpService({ servers: [good.port] });
    expect(await (await RawClient.connect(other.port)).ask(get('/'))).toMatch(/ok$/);
  });
});
