import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/engine/engine.ts';
import { Condition, turns } from './condition.ts';
import { bothKinds, pattern, writeAll, type EngineFixture, hasIpv6 } from './engine-fixture.ts';
import { Recorder } from './recorder.ts';

const mebibyte = 1_048_576;

/** Listening, connecting, and bytes in both directions. */
export function describeTcp(fixture: () => EngineFixture): void {
  describe.each(bothKinds)('a connection that was %s', (kind) => {
    it('echoes', async () => {
      const { recorder, other } = await fixture().pair(kind);
      recorder.on.data = (connection, bytes) => void connection.write(bytes, 0, bytes.length);
      other.send('hello');
      await other.untilBytes(5);
      expect(other.text).toBe('hello');
    });

    it('carries 1 MiB both ways at once without changing a bit', async () => {
      const pair = await fixture().pair(kind);
      const [there, back] = [pattern(mebibyte), pattern(mebibyte + 7)];
      pair.other.send(there);
      await writeAll(pair, back, 100_003);
      await Promise.all([pair.recorder.untilBytes(there.length), pair.other.untilBytes(back.length)]);
      expect(pair.recorder.bytes.equals(there)).toBe(true);
      expect(pair.other.bytes.equals(back)).toBe(true);
    });

    it('knows both ends', async () => {
      const { connection, other } = await fixture().pair(kind);
      expect(connection.remoteAddress.toString()).toBe('127.0.0.1');
      expect(connection.localAddress.toString()).toBe('127.0.0.1');
      expect(connection.remotePort).toBe(other.socket.localPort);
      expect(connection.localPort).toBe(other.socket.remotePort);
    });

    it('counts bytes, and knows when one last moved', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      expect([connection.bytesRead, connection.bytesWritten]).toEqual([0, 0]);
      const began = connection.lastActiveMs;
      expect(connection.firstReadMs).toBe(-1);
      fixture().clockAheadMs = 10_000;
      other.send('12345');
      await recorder.untilBytes(5);
      const received = connection.lastActiveMs;
      expect(received).toBeGreaterThanOrEqual(began + 10_000);
      expect(connection.firstReadMs).toBe(received);
      fixture().clockAheadMs = 20_000;
      connection.write(Buffer.from('xx123xx'), 2, 5);
      expect([connection.bytesRead, connection.bytesWritten]).toEqual([5, 3]);
      expect(connection.lastActiveMs).toBeGreaterThanOrEqual(received + 10_000 - 1);
      other.send('67');
      await recorder.untilBytes(7);
      expect(connection.firstReadMs).toBe(received);
      await other.untilBytes(3);
      expect(other.text).toBe('123');
    });

    it('leaves written bytes to the caller', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      other.socket.pause();
      const piece = Buffer.alloc(100_000);
      const expected: Buffer[] = [];
      let isFlushed = true;
      for (let i = 1; isFlushed || i % 8 !== 0; i++) {
        piece.fill(i & 255);
        expected.push(Buffer.from(piece));
        isFlushed = connection.write(piece, 0, piece.length);
        piece.fill(0);
      }
      other.socket.resume();
      await recorder.until('drain');
      const all = Buffer.concat(expected);
      await other.untilBytes(all.length);
      expect(other.bytes.equals(all)).toBe(true);
    });

    it('calls the handler that is set at the time', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      const next = new Recorder();
      recorder.on.data = () => {
        if (recorder.byteCount < 5) return;
        connection.handler = next;
        other.send('second');
      };
      other.send('first');
      await next.untilBytes(6);
      connection.reset();
      await next.until('close');
      expect([recorder.text, next.text]).toEqual(['first', 'second']);
      expect(recorder.closeCount).toBe(0);
    });
  });

  it('accepts connections paused', async () => {
    const { connection, recorder, other } = await fixture().accepted();
    other.send('early');
    await turns();
    expect(recorder.events).toEqual([]);
    connection.resume();
    await recorder.untilBytes(5);
    expect(recorder.events).toEqual(['data']);
  });

  it('sends what was written before the connection stands', async () => {
    const port = await fixture().plainServer((socket) => void socket.pipe(socket));
    const recorder = new Recorder();
    const connection = fixture().engine.connect({ host: '127.0.0.1', port }, recorder);
    connection.write(Buffer.from('early'), 0, 5);
    await recorder.untilBytes(5);
    expect(recorder.text).toBe('early');
    expect(recorder.events[0]).toBe('connect');
  });

  it('resolves a host name, and connects from the local address that is asked for', async () => {
    const port = await fixture().plainServer(() => undefined);
    const recorder = new Recorder();
    const options = { host: 'localhost', port, localAddress: '127.0.0.1' };
    const connection = fixture().engine.connect(options, recorder);
    await recorder.until('connect');
    expect(connection.localAddress.toString()).toBe('127.0.0.1');
    expect(connection.remoteAddress.toString()).toBe('127.0.0.1');
  });

  describeListener(fixture);
}

function describeListener(fixture: () => EngineFixture): void {
  describe('a listener', () => {
    it('tells the address and port that it got', async () => {
      const listener = await fixture().listen((connection) => {
        connection.reset();
      });
      expect(listener.host).toBe('127.0.0.1');
      expect(listener.port).toBeGreaterThan(0);
    });

    it.runIf(hasIpv6)('on :: takes IPv6 and IPv4, whose addresses are those of IPv4', async () => {
      const accepted: string[] = [];
      const listener = await fixture().listen((connection) => {
        connection.handler = new Recorder();
        accepted.push(`${connection.remoteAddress.toString()} ${connection.localAddress.toString()}`);
      }, '::');
      for (const host of ['::1', '127.0.0.1'])
        await once(fixture().dial(listener.port, host).socket, 'connect');
      await turns();
      expect(accepted.sort()).toEqual(['127.0.0.1 127.0.0.1', '::1 ::1']);
    });

    it('lets clients wait while paused, and takes them in order on resume', async () => {
      const accepted: number[] = [];
      const listener = await fixture().listen((connection) => {
        connection.handler = new Recorder();
        accepted.push(connection.remotePort);
      });
      listener.pause();
      const others = [fixture().dial(listener.port), fixture().dial(listener.port)];
      others[0]?.send('first words');
      await turns();
      expect(accepted).toEqual([]);
      listener.resume();
      await turns();
      expect(accepted).toEqual(others.map(({ socket }) => socket.localPort));
      expect(others.map((other) => other.isClosed)).toEqual([false, false]);
    });

    it('keeps who waits when it is to accept in another way, and accepts on', async () => {
      const accepted: number[] = [];
      const listener = await fixture().listen((connection) => {
        connection.handler = new Recorder();
        accepted.push(connection.remotePort);
      });
      listener.pause();
      const waiting = [fixture().dial(listener.port), fixture().dial(listener.port)];
      await Promise.all(waiting.map(({ socket }) => once(socket, 'connect')));
      await turns();
      listener.adjust({ backlog: 1, quickAck: false });
      listener.resume();
      await turns();
      const later = fixture().dial(listener.port);
      await once(later.socket, 'connect');
      await turns();
      expect(accepted).toEqual([...waiting, later].map(({ socket }) => socket.localPort));
      await listener.close();
      listener.adjust({});
    });

    it('gives its connections to another acceptor from the time that it has one', async () => {
      const taken: string[] = [];
      const condition = new Condition();
      const taking = (name: string) => ({
        onAccept: (connection: Connection) => {
          connection.handler = new Recorder();
          taken.push(name);
          condition.changed();
        },
      });
      const listener = await fixture().engine.listen({ host: '127.0.0.1', port: 0 }, taking('first'));
      fixture().dial(listener.port);
      await condition.until(() => taken.length === 1);
      listener.acceptor = taking('second');
      fixture().dial(listener.port);
      await condition.until(() => taken.length === 2);
      expect(taken).toEqual(['first', 'second']);
    });

    it('keeps accepted connections when it closes, and frees its port', async () => {
      const recorder = new Recorder();
      const listener = await fixture().listen((connection) => {
        connection.handler = recorder;
        connection.resume();
      });
      const other = fixture().dial(listener.port);
      other.send('one');
      await recorder.untilBytes(3);
      await listener.close();
      await listener.close();
      other.send('two');
      await recorder.untilBytes(6);
      const again = { host: '127.0.0.1', port: listener.port };
      const second = await fixture().engine.listen(again, { onAccept: () => undefined });
      expect(second.port).toBe(listener.port);
    });

    it('resets the clients that still wait when it closes', async () => {
      const listener = await fixture().listen(() => undefined);
      listener.pause();
      const other = fixture().dial(listener.port);
      await turns();
      await listener.close();
      await other.untilClose();
      expect(other.errorCode).toBe('ECONNRESET');
    });
  });
}
