import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connection } from '../../../src/engine/engine.ts';
import { LinuxConnection } from '../../../src/engine/linux/tcp/linux-connection.ts';
import { LinuxEngine } from '../../../src/engine/linux/linux-engine.ts';
import { Reactor } from '../../../src/engine/linux/loop/reactor.ts';
import { linuxProblem } from '../../../src/engine/linux/self-test.ts';
import { EPOLLIN, EPOLLPRI } from '../../../src/engine/linux/kernel/system-constants.ts';
import { turns } from './condition.ts';
import { bothKinds, EngineFixture, pattern, writeAll, type Pair } from './engine-fixture.ts';

const mebibyte = 1_048_576;
const pieceSize = 100;
const pieceCount = 60;
/** The first piece is told, and the second, at which it is found that nobody reads; and some leeway. */
const fewTurns = 4;

/** Bytes that nobody reads now: more of them are not worth a turn of the event loop each. */
describe.skipIf(linuxProblem() !== undefined)('the linux engine', () => {
  let fixture: EngineFixture;
  let onReady: ReturnType<typeof observe>;

  function observe() {
    return vi.spyOn(LinuxConnection.prototype, 'onReady');
  }

  /** How often the reactor told something to the connection so far. */
  function told(connection: Connection): number {
    return onReady.mock.contexts.filter((context) => context === connection).length;
  }

  /** Sends small pieces, each of which the event loop sees on its own. */
  async function trickle({ other }: Pair, bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += pieceSize) {
      other.send(bytes.subarray(at, at + pieceSize));
      await turns(2);
    }
  }

  /** Lets the loop go round until nothing moves any more. */
  async function untilStill(...pairs: Pair[]): Promise<void> {
    const moved = (): string =>
      pairs.map(({ connection, other }) => `${connection.bytesRead} ${other.socket.writableLength}`).join();
    for (let before = ''; before !== moved();) {
      before = moved();
      await turns(100);
    }
  }

  beforeEach(() => {
    fixture = new EngineFixture((runtime) => new LinuxEngine(runtime));
    onReady = observe();
  });
  afterEach(async () => {
    await fixture.dispose();
    vi.restoreAllMocks();
  });

  describe.each(bothKinds)('while a connection that was %s is paused', (kind) => {
    let pair: Pair;
    const bytes = pattern(pieceSize * pieceCount);

    beforeEach(async () => {
      pair = await fixture.pair(kind);
      pair.other.socket.setNoDelay(true);
      // All that is told of its beginning.
      await turns();
      pair.connection.pause();
    });

    it('takes few turns for many small pieces, and loses none', async () => {
      for (let round = 1; round <= 3; round++) {
        const before = told(pair.connection);
        await trickle(pair, bytes);
        expect(told(pair.connection) - before).toBeLessThanOrEqual(fewTurns);
        expect(pair.recorder.byteCount).toBe((round - 1) * bytes.length);
        pair.connection.resume();
        await pair.recorder.untilBytes(round * bytes.length);
        pair.connection.pause();
      }
      expect(pair.recorder.bytes.equals(Buffer.concat([bytes, bytes, bytes]))).toBe(true);
    });

    it('has the kernel wake nobody: urgent bytes alone would be reason enough', async () => {
      const rewatch = vi.spyOn(Reactor.prototype, 'rewatch');
      await trickle(pair, bytes);
      expect(rewatch).toHaveBeenCalledOnce();
      const [, events = 0] = rewatch.mock.calls[0] ?? [];
      expect(events & (EPOLLIN | EPOLLPRI)).toBe(0);
    });

    it('hears again what comes after it went on', async () => {
      await trickle(pair, bytes);
      pair.connection.resume();
      await pair.recorder.untilBytes(bytes.length);
      const more = pattern(mebibyte);
      pair.other.socket.end(more);
      await pair.recorder.until('end');
      expect(pair.recorder.bytes.equals(Buffer.concat([bytes, more]))).toBe(true);
    });

    it('tells FIN after everything else, once it goes on', async () => {
      await trickle(pair, bytes);
      pair.other.socket.end();
      await turns();
      expect(pair.recorder.events).not.toContain('end');
      pair.connection.resume();
      await pair.recorder.until('end');
      expect(pair.recorder.bytes.equals(bytes)).toBe(true);
    });

    it('still notices a reset: of a client at once, of a server after what came before', async () => {
      await trickle(pair, bytes);
      pair.other.socket.resetAndDestroy();
      if (kind === 'outgoing') pair.connection.resume();
      await pair.recorder.until('close');
      expect(pair.recorder.closeError?.code).toBe('SLUICE_ERR_RESET');
      // The reset overtakes what the kernel had no room for in so small pieces.
      expect(pair.recorder.byteCount > 0).toBe(kind === 'outgoing');
    });

    it('still sends all that is written, as fast as the other side takes it', async () => {
      await trickle(pair, bytes);
      const before = told(pair.connection);
      const there = pattern(12 * mebibyte);
      pair.other.socket.pause();
      const writing = writeAll(pair, there);
      await trickle(pair, bytes);
      expect(told(pair.connection) - before).toBeLessThanOrEqual(fewTurns);
      pair.other.socket.resume();
      await writing;
      await pair.other.untilBytes(there.length);
      expect(pair.other.bytes.equals(there)).toBe(true);
      // And the same once more, by now with nothing to be found out about writing.
      pair.connection.resume();
      await pair.recorder.untilBytes(2 * bytes.length);
      await writeAll(pair, there);
      await pair.other.untilBytes(2 * there.length);
      expect(pair.recorder.bytes.equals(Buffer.concat([bytes, bytes]))).toBe(true);
    });
  });

  describe('while the destination of a relay is slow', () => {
    let client: Pair;
    let server: Pair;

    beforeEach(async () => {
      [client, server] = await Promise.all([fixture.accepted(), fixture.outgoing()]);
      client.other.socket.setNoDelay(true);
      server.other.socket.setNoDelay(true);
    });

    /** Relays to an other side that does not read, until that has no room left. @returns what was sent */
    async function block(from: Pair, to: Pair): Promise<Buffer> {
      const piece = pattern(64 * 1024);
      const sent: Buffer[] = [];
      to.other.socket.pause();
      from.connection.relay(to.connection);
      for (let before = -1; before !== from.connection.bytesRead;) {
        before = from.connection.bytesRead;
        from.other.send(piece);
        sent.push(piece);
        await turns(10);
      }
      // All of it is in the buffers of the kernel, which have room for a little more.
      expect(from.other.socket.writableLength).toBe(0);
      return Buffer.concat(sent);
    }

    it.each(['to the server', 'to the client'])(
      'takes few turns for small pieces %s, and loses none',
      async (direction) => {
        const [from, to] = direction === 'to the server' ? [client, server] : [server, client];
        const sent = await block(from, to);
        const small = pattern(pieceSize * pieceCount);
        const before = told(from.connection);
        await trickle(from, small);
        expect(from.other.socket.writableLength).toBe(0);
        expect(told(from.connection) - before).toBeLessThanOrEqual(fewTurns);
        to.other.socket.resume();
        await to.other.untilBytes(sent.length + small.length);
        // It hears again what comes from now on.
        from.other.send(small);
        await to.other.untilBytes(sent.length + 2 * small.length);
        expect(to.other.bytes.equals(Buffer.concat([sent, small, small]))).toBe(true);
      },
    );

    it.each(['the server first', 'the client first', 'both at once'])(
      'loses nothing where both directions are full, and drained again, %s',
      async (order) => {
        const [there, back] = [pattern(24 * mebibyte), pattern(24 * mebibyte + 7)];
        for (const { other } of [client, server]) other.socket.pause();
        client.connection.relay(server.connection);
        server.connection.relay(client.connection);
        client.other.send(there);
        server.other.send(back);
        await untilStill(client, server);
        const stuck = [client.connection.bytesRead, server.connection.bytesRead];
        expect(stuck[0]).toBeLessThan(there.length);
        expect(stuck[1]).toBeLessThan(back.length);
        const before = told(client.connection) + told(server.connection);
        await turns(100);
        expect(told(client.connection) + told(server.connection)).toBe(before);
        const drains = [
          { pair: server, bytes: there },
          { pair: client, bytes: back },
        ];
        if (order === 'the client first') drains.reverse();
        for (const { pair, bytes } of drains) {
          pair.other.socket.resume();
          if (order !== 'both at once') await pair.other.untilBytes(bytes.length);
        }
        for (const { pair, bytes } of drains) {
          await pair.other.untilBytes(bytes.length);
          expect(pair.other.bytes.equals(bytes)).toBe(true);
        }
      },
    );

    it('goes on in both directions after each was full by turns', async () => {
      server.connection.relay(client.connection);
      const sent = await block(client, server);
      // The other direction is free meanwhile.
      const answer = pattern(3 * mebibyte);
      server.other.send(answer);
      await client.other.untilBytes(answer.length);
      const back = await block(server, client);
      server.other.socket.resume();
      await server.other.untilBytes(sent.length);
      client.other.socket.resume();
      await client.other.untilBytes(answer.length + back.length);
      expect(server.other.bytes.equals(sent)).toBe(true);
      expect(client.other.bytes.equals(Buffer.concat([answer, back]))).toBe(true);
    });
  });
});
