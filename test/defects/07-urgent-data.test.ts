import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { TcpScene } from '../integration/tcp/tcp-scene.ts';
import { closeAll, openHttpService, openRawServer, RawClient } from '../support/http-harness.ts';
import { canSendUrgent, sendUrgent } from '../support/urgent-data.ts';

afterEach(closeAll);

const before = 'a'.repeat(26);
const behind = 'b'.repeat(1_000);

describe.skipIf(!canSendUrgent)('defect 7: bytes behind an urgent one', () => {
  it('arrive in tcp mode', async () => {
    const scene = new TcpScene();
    try {
      await scene.start(1);
      const client = await scene.session();
      client.send(before);
      sendUrgent(client.socket, '!');
      client.send(behind);
      const session = await scene.server('s1').session();
      await session.untilBytes(1_026);
      expect(session.text).toBe(before + behind);
    } finally {
      await scene.close();
    }
  });

  it.each([100, 2_000_000])('arrive in http mode, in a body behind which are %i more', async (more) => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    const body = before + behind + 'c'.repeat(more);
    const server = await openRawServer(({ socket, received }) => {
      if (received.endsWith(body)) socket.write(answer);
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send(`POST / HTTP/1.1\r\nHost: pacs.test\r\nContent-Length: ${body.length}\r\n\r\n${before}`);
    if (client.socket.writableLength > 0) await once(client.socket, 'drain');
    sendUrgent(client.socket, '!');
    client.send(body.slice(before.length));
    expect(await client.until('ok')).toBe(answer);
  });

  it('arrive from a server, up to its end', async () => {
    const server = await openRawServer(({ socket }) => {
      socket.write(`HTTP/1.1 200 OK\r\n\r\n${before}`);
      sendUrgent(socket, '!');
      socket.end(behind);
    });
    const service = await openHttpService({ servers: [server.port] });
    const client = await RawClient.connect(service.port);
    client.send('GET / HTTP/1.1\r\nHost: pacs.test\r\n\r\n');
    expect(await client.ended()).toBe('end');
    expect(client.received.endsWith(before + behind)).toBe(true);
  });
});
