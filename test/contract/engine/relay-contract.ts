import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../../src/base/errors.ts';
import { turns } from './condition.ts';
import { pattern, type EngineFixture, type Pair } from './engine-fixture.ts';
import { masked, MaskedConnection } from '../../support/masked-connection.ts';
import { Recorder } from './recorder.ts';

const mebibyte = 1_048_576;

/** `relay`: the engine hands bytes on by itself. */
export function describeRelay(fixture: () => EngineFixture): void {
  async function clientAndServer(): Promise<{ client: Pair; server: Pair }> {
    const [client, server] = await Promise.all([fixture().accepted(), fixture().outgoing()]);
    return { client, server };
  }

  describe('a relay', () => {
    it('carries 20 MiB in each direction at once without changing a bit', async () => {
      const { client, server } = await clientAndServer();
      const [there, back] = [pattern(20 * mebibyte), pattern(20 * mebibyte + 13)];
      client.connection.relay(server.connection);
      server.connection.relay(client.connection);
      client.recorder.on.end = () => {
        server.connection.end();
      };
      server.recorder.on.end = () => {
        client.connection.end();
      };
      client.other.socket.end(there);
      server.other.socket.end(back);
      await Promise.all([client.recorder.until('close'), server.recorder.until('close')]);
      await Promise.all([client.other.untilEnd(), server.other.untilEnd()]);
      expect(server.other.bytes.equals(there)).toBe(true);
      expect(client.other.bytes.equals(back)).toBe(true);
      expect(client.recorder.events).toEqual(['end', 'close']);
      expect([client.connection.bytesRead, client.connection.bytesWritten]).toEqual([
        there.length,
        back.length,
      ]);
      expect([server.connection.bytesRead, server.connection.bytesWritten]).toEqual([
        back.length,
        there.length,
      ]);
    });

    it.each(['to the server', 'to the client'])(
      'holds little when the reader is slow, %s',
      async (direction) => {
        const { client, server } = await clientAndServer();
        const [from, to] = direction === 'to the server' ? [client, server] : [server, client];
        const bytes = pattern(40 * mebibyte);
        to.other.socket.pause();
        from.connection.relay(to.connection);
        from.other.send(bytes);
        await turns(300);
        const taken = from.connection.bytesRead;
        await turns(100);
        expect(from.connection.bytesRead).toBe(taken);
        expect(taken).toBeLessThan(bytes.length);
        expect(from.connection.bytesRead - to.connection.bytesWritten).toBeLessThanOrEqual(mebibyte);
        to.other.socket.resume();
        await to.other.untilBytes(bytes.length);
        expect(to.other.bytes.equals(bytes)).toBe(true);
      },
    );

    it.each([1, 5, 9])('ends after a limit of %d bytes, and the rest comes as onData', async (limit) => {
      for (const reverse of [false, true]) {
        const { client, server } = await clientAndServer();
        const [from, to] = reverse ? [server, client] : [client, server];
        from.recorder.events.length = 0;
        from.connection.relay(to.connection, limit);
        from.other.send('0123456789');
        await Promise.all([to.other.untilBytes(limit), from.recorder.untilBytes(10 - limit)]);
        expect(to.other.text).toBe('0123456789'.slice(0, limit));
        expect(from.recorder.text).toBe('0123456789'.slice(limit));
        expect(from.recorder.events).toEqual(['relayed', 'data']);
      }
    });

    it('ends at a limit that is all there is', async () => {
      const { client, server } = await clientAndServer();
      client.connection.relay(server.connection, 10);
      client.other.send('0123456789');
      await client.recorder.until('relayed');
      client.other.send('next');
      await client.recorder.untilBytes(4);
      expect(client.recorder.text).toBe('next');
      await server.other.untilBytes(10);
      expect(server.other.text).toBe('0123456789');
    });

    it.each([
      ['at once', 500_000],
      ['in pieces of 10,000 bytes', 10_000],
      ['in pieces of 997 bytes', 997],
    ])('ends after a large limit, and what follows comes as onData, sent %s', async (_how, size) => {
      const { client, server } = await clientAndServer();
      const limit = 150_000;
      const [bytes, next] = [pattern(200_000), pattern(100_000)];
      client.connection.relay(server.connection, limit);
      for (let start = 0; start < bytes.length; start += size) {
        client.other.send(bytes.subarray(start, start + size));
        await turns(2);
      }
      await client.recorder.untilBytes(bytes.length - limit);
      client.other.send(next);
      await client.recorder.untilBytes(bytes.length - limit + next.length);
      await server.other.untilBytes(limit);
      expect(server.other.bytes.equals(bytes.subarray(0, limit))).toBe(true);
      expect(client.recorder.bytes.equals(Buffer.concat([bytes.subarray(limit), next]))).toBe(true);
    });

    it('tells a FIN that comes before a large limit is reached, after all that came', async () => {
      const { client, server } = await clientAndServer();
      const bytes = pattern(90_000);
      client.connection.relay(server.connection, 1_000_000);
      client.other.socket.end(bytes);
      await client.recorder.until('end');
      await server.other.untilBytes(bytes.length);
      expect(server.other.bytes.equals(bytes)).toBe(true);
      expect(client.recorder.events).not.toContain('relayed');
    });

    it('keeps the rest while paused in onRelayed', async () => {
      for (const reverse of [false, true]) {
        const { client, server } = await clientAndServer();
        const [from, to] = reverse ? [server, client] : [client, server];
        from.recorder.on.relayed = (connection) => {
          connection.pause();
        };
        from.connection.relay(to.connection, 3);
        from.other.socket.end('abcdef');
        await from.recorder.until('relayed');
        await turns();
        expect(from.recorder.text).toBe('');
        from.connection.resume();
        await from.recorder.until('end');
        expect(from.recorder.text).toBe('def');
        expect(from.recorder.events.slice(-3)).toEqual(['relayed', 'data', 'end']);
      }
    });

    it('may go on from onRelayed, also within what arrived at once', async () => {
      const { client, server } = await clientAndServer();
      const second = await fixture().outgoing();
      client.recorder.on.relayed = (connection) => {
        connection.relay(
          client.recorder.events.filter((event) => event === 'relayed').length % 2
            ? second.connection
            : server.connection,
          2,
        );
      };
      client.connection.relay(server.connection, 2);
      client.other.send('aabbaabb');
      await Promise.all([server.other.untilBytes(4), second.other.untilBytes(4)]);
      expect([server.other.text, second.other.text]).toEqual(['aaaa', 'bbbb']);
    });

    it('tells FIN after everything was handed over, and leaves the other connection open', async () => {
      const { client, server } = await clientAndServer();
      client.connection.relay(server.connection);
      client.other.socket.end('all of it');
      await client.recorder.until('end');
      await server.other.untilBytes(9);
      await turns();
      expect(server.other.hasEnded).toBe(false);
      server.connection.end();
      await server.other.untilEnd();
      expect(server.other.text).toBe('all of it');
    });

    it('stops at pause() and goes on at resume()', async () => {
      const { client, server } = await clientAndServer();
      client.connection.relay(server.connection);
      client.connection.pause();
      client.other.send('wait');
      await turns();
      expect(server.other.byteCount).toBe(0);
      client.connection.resume();
      await server.other.untilBytes(4);
    });

    it('waits for a destination that is still connecting', async () => {
      const client = await fixture().accepted();
      let received = '';
      const port = await fixture().plainServer((socket) => {
        socket.on('data', (chunk: Buffer) => void (received += chunk.toString()));
        socket.on('end', () => socket.end());
      });
      const recorder = new Recorder();
      client.other.socket.end('early words');
      const server = fixture().engine.connect({ host: '127.0.0.1', port }, recorder);
      client.recorder.on.end = () => {
        server.end();
      };
      client.connection.relay(server);
      await recorder.until('close');
      expect(received).toBe('early words');
    });

    it('goes to the connection it comes from, as an echo', async () => {
      const { connection, other } = await fixture().accepted();
      const bytes = pattern(2 * mebibyte);
      connection.relay(connection);
      other.send(bytes);
      await other.untilBytes(bytes.length);
      expect(other.bytes.equals(bytes)).toBe(true);
    });

    it('stops reading when its destination closes', async () => {
      const { client, server } = await clientAndServer();
      client.connection.relay(server.connection);
      client.other.send('first');
      await server.other.untilBytes(5);
      server.connection.reset();
      await server.recorder.until('close');
      client.other.send(pattern(30 * mebibyte));
      await turns(200);
      expect(client.connection.bytesRead).toBeLessThan(mebibyte);
      expect(client.recorder.events).toEqual([]);
      expect(client.connection.isClosed).toBe(false);
    });

    it('leaves its destination open when its source is reset', async () => {
      const { client, server } = await clientAndServer();
      client.connection.relay(server.connection);
      client.other.socket.resetAndDestroy();
      await client.recorder.until('close');
      expect(client.recorder.closeError?.code).toBe('SLUICE_ERR_RESET');
      server.connection.write(Buffer.from('still here'), 0, 10);
      await server.other.untilBytes(10);
    });

    it.each(['its source is reset', 'its source is relayed elsewhere'])(
      'delivers all that it took before %s',
      async (what) => {
        const { client, server } = await clientAndServer();
        const elsewhere = await fixture().outgoing();
        const bytes = pattern(30 * mebibyte);
        server.other.socket.pause();
        client.connection.relay(server.connection);
        client.other.send(bytes);
        await turns(300);
        const isReset = what === 'its source is reset';
        if (isReset) client.other.socket.resetAndDestroy();
        else client.connection.relay(elsewhere.connection);
        const takenBefore = client.connection.bytesRead;
        await turns();
        server.other.socket.resume();
        if (isReset) await client.recorder.until('close');
        const taken = isReset ? client.connection.bytesRead : takenBefore;
        await server.other.untilBytes(taken);
        expect(server.other.bytes.equals(bytes.subarray(0, taken))).toBe(true);
        expect(server.connection.bytesWritten).toBe(taken);
      },
    );

    it('refuses a second source', async () => {
      const { client, server } = await clientAndServer();
      const second = await fixture().accepted();
      client.connection.relay(server.connection);
      expect(() => {
        second.connection.relay(server.connection);
      }).toThrow(SluiceError);
    });
  });

  describe('a relay to a connection of another kind, and from it', () => {
    async function maskedAndPlain(): Promise<{ client: Pair; server: Pair; wrapped: MaskedConnection }> {
      const { client, server } = await clientAndServer();
      return { client, server, wrapped: new MaskedConnection(client.connection) };
    }

    it('carries 4 MiB in each direction at once without changing a bit', async () => {
      const { client, server, wrapped } = await maskedAndPlain();
      const [there, back] = [pattern(4 * mebibyte), pattern(4 * mebibyte + 13)];
      wrapped.relay(server.connection);
      server.connection.relay(wrapped);
      client.recorder.on.end = () => {
        server.connection.end();
      };
      server.recorder.on.end = () => {
        wrapped.end();
      };
      client.other.socket.end(masked(there));
      server.other.socket.end(back);
      await Promise.all([client.recorder.until('close'), server.recorder.until('close')]);
      await Promise.all([client.other.untilEnd(), server.other.untilEnd()]);
      expect(server.other.bytes.equals(there)).toBe(true);
      expect(masked(client.other.bytes).equals(back)).toBe(true);
      expect(server.recorder.events.filter((event) => event === 'data')).toEqual([]);
    });

    it('holds little when the reader is slow', async () => {
      const { client, server, wrapped } = await maskedAndPlain();
      const bytes = pattern(40 * mebibyte);
      client.other.socket.pause();
      server.connection.relay(wrapped);
      server.other.send(bytes);
      await turns(300);
      const taken = server.connection.bytesRead;
      await turns(100);
      expect(server.connection.bytesRead).toBe(taken);
      expect(taken).toBeLessThan(bytes.length);
      client.other.socket.resume();
      await client.other.untilBytes(bytes.length);
      expect(masked(client.other.bytes).equals(bytes)).toBe(true);
    });

    it('ends after a limit, and the rest comes as onData', async () => {
      const { client, server, wrapped } = await maskedAndPlain();
      server.recorder.events.length = 0;
      server.connection.relay(wrapped, 4);
      server.other.send('0123456789');
      await Promise.all([client.other.untilBytes(4), server.recorder.untilBytes(6)]);
      expect(masked(client.other.bytes).toString()).toBe('0123');
      expect([server.recorder.text, server.recorder.events]).toEqual(['456789', ['relayed', 'data']]);
    });

    it('reads no further once that connection is gone, until its owner says so', async () => {
      const { client, server, wrapped } = await maskedAndPlain();
      server.connection.relay(wrapped);
      wrapped.reset();
      await client.recorder.until('close');
      server.other.send('for nobody');
      await turns(20);
      expect(server.recorder.text).toBe('');
      server.connection.resume();
      await server.recorder.untilBytes(10);
      expect(server.recorder.text).toBe('for nobody');
    });

    it('refuses a second source', async () => {
      const { server, wrapped } = await maskedAndPlain();
      const second = await fixture().outgoing();
      server.connection.relay(wrapped);
      expect(() => {
        second.connection.relay(wrapped);
      }).toThrow(expect.objectContaining({ code: 'SLUICE_ERR_INTERNAL' }) as Error);
    });
  });
}
