import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type { ConnectionHandler } from '../../../src/engine/engine.ts';
import { turns } from './condition.ts';
import { bothKinds, pattern, writeUntilFull, type EngineFixture } from './engine-fixture.ts';
import { Recorder } from './recorder.ts';
import { onceFasterThan } from '../../support/once-faster-than.ts';

const mebibyte = 1_048_576;
const discard = { onDatagram: () => undefined, onError: () => undefined };

/** How an engine lives on the event loop: promptness, no re-entrance, and nothing left behind. */
export function describeLoop(fixture: () => EngineFixture): void {
  it.each(bothKinds)('settles a promise that an event handler of an %s connection resolved', async (kind) => {
    const { recorder, other } = await fixture().pair(kind);
    let settledMs = Infinity;
    recorder.on.data = () => {
      const beganMs = performance.now();
      void Promise.resolve().then(() => {
        settledMs = performance.now() - beganMs;
      });
    };
    let sent = 0;
    await onceFasterThan(20, async () => {
      other.send('x');
      await recorder.untilBytes(++sent);
      // A promise of the test itself would settle in the same round; what counts is the time that was measured.
      await turns(1);
      return settledMs;
    });
  });

  it('leaves everybody else on the loop their turn, while traffic never pauses', async () => {
    const { engine } = fixture();
    let exchanged = 0;
    const echo: ConnectionHandler = {
      onConnect: (connection) => void connection.write(Buffer.from('x'), 0, 1),
      onData: (connection, bytes, start, end) => {
        exchanged += 1;
        connection.write(bytes, start, end);
      },
      onEnd: () => undefined,
      onDrain: () => undefined,
      onRelayed: () => undefined,
      onClose: () => undefined,
    };
    const { port } = await fixture().listen((connection) => {
      connection.handler = echo;
      connection.resume();
    });
    engine.connect({ host: '127.0.0.1', port }, echo);
    const { port1, port2 } = new MessageChannel();
    const other = fixture().dial(await fixture().plainServer((socket) => socket.write('hello')));
    port1.postMessage('hello');
    await Promise.all([
      new Promise((resolve) => setTimeout(resolve, 5)),
      new Promise((resolve) => setImmediate(resolve)),
      readFile(new URL(import.meta.url)),
      once(port2, 'message'),
      other.untilBytes(5),
    ]);
    port1.close();
    const before = exchanged;
    await turns();
    expect(exchanged).toBeGreaterThan(before);
  });

  describe.each(bothKinds)('never calls a handler from inside a call on an %s connection', (kind) => {
    it('while it writes, pauses, resumes, ends and resets', async () => {
      const { ownerCalls } = fixture();
      const { connection, recorder, other } = await fixture().pair(kind);
      const piece = Buffer.alloc(65_536);
      other.send(pattern(mebibyte));
      other.socket.pause();
      ownerCalls.make(() => writeUntilFull(connection, piece));
      ownerCalls.make(() => {
        connection.pause();
      });
      other.socket.resume();
      await recorder.until('drain');
      ownerCalls.make(() => {
        connection.resume();
      });
      await recorder.untilBytes(mebibyte);
      ownerCalls.make(() => {
        connection.end();
        connection.reset();
      });
      await recorder.until('close');
      expect(ownerCalls.violations).toEqual([]);
    });

    it('when it writes to, ends or resets what the other side has reset', async () => {
      const { ownerCalls } = fixture();
      for (const call of ['write', 'end', 'reset'] as const) {
        const { connection, recorder, other } = await fixture().pair(kind);
        connection.pause();
        other.socket.resetAndDestroy();
        await other.untilClose();
        ownerCalls.make(() => {
          if (call === 'write') connection.write(Buffer.alloc(10), 0, 10);
          else connection[call]();
          connection.write(Buffer.alloc(10), 0, 10);
          connection.resume();
        });
        await recorder.until('close');
        expect(recorder.closeCount).toBe(1);
      }
      expect(ownerCalls.violations).toEqual([]);
    });

    it('when it resumes or relays what was held', async () => {
      const { ownerCalls } = fixture();
      const [first, second] = [await fixture().pair(kind), await fixture().pair(kind)];
      first.recorder.on.relayed = (connection) => {
        connection.pause();
      };
      first.connection.relay(second.connection, 2);
      first.other.socket.end('abcdef');
      await first.recorder.until('relayed');
      await turns();
      first.recorder.events.length = 0;
      ownerCalls.make(() => {
        first.connection.relay(second.connection, 2);
      });
      await first.recorder.until('relayed');
      ownerCalls.make(() => {
        first.connection.resume();
      });
      await first.recorder.until('end');
      expect(first.recorder.text).toBe('ef');
      expect(ownerCalls.violations).toEqual([]);
    });
  });

  it('never calls a handler from inside connect()', async () => {
    const { engine, ownerCalls } = fixture();
    const port = await fixture().closedPort();
    for (const options of [
      { host: '127.0.0.1', port },
      { host: '127.0.0.1', port: 70_000 },
      { host: '127.0.0.1', port, localAddress: 'none' },
    ]) {
      const recorder = new Recorder(ownerCalls);
      ownerCalls.make(() => engine.connect(options, recorder));
      await recorder.until('close');
    }
    expect(ownerCalls.violations).toEqual([]);
  });

  describe('close()', () => {
    it('closes everything, and leaves nothing on the loop', async () => {
      await turns(); // what the test before left may still be closing
      const before = resources();
      const { engine } = fixture();
      const pairs = [
        await fixture().accepted(),
        await fixture().pair('accepted'),
        await fixture().outgoing(),
      ];
      const connecting = new Recorder();
      await engine.bindUdp({ host: '127.0.0.1', port: 0 }, discard);
      engine.connectUdp({ host: '127.0.0.1', port: 9 }, discard);
      await turns();
      engine.connectUdp({ host: '127.0.0.1', port: 9 }, discard);
      engine.connect({ host: '127.0.0.1', port: await fixture().plainServer(() => undefined) }, connecting);
      await engine.close();
      for (const { connection, recorder } of pairs) {
        expect([connection.isClosed, recorder.closeCount, recorder.closeError]).toEqual([true, 1, undefined]);
      }
      expect(connecting.events).toEqual(['close']);
      await Promise.all(pairs.map(({ other }) => other.untilClose()));
      await fixture().dispose();
      await turns();
      expect(resources()).toEqual(before);
    });

    it('is idempotent, and refuses what comes later', async () => {
      const { engine } = fixture();
      const [first, second] = [engine.close(), engine.close()];
      await Promise.all([first, second]);
      const late = { host: '127.0.0.1', port: 0 };
      await expect(engine.listen(late, { onAccept: () => undefined })).rejects.toMatchObject({
        code: 'SLUICE_ERR_STATE',
      });
      await expect(engine.bindUdp(late, discard)).rejects.toMatchObject({ code: 'SLUICE_ERR_STATE' });
      expect(() => engine.connectUdp({ host: '127.0.0.1', port: 9 }, discard)).toThrow('closed');
      const recorder = new Recorder();
      engine.connect({ host: '127.0.0.1', port: 9 }, recorder);
      await recorder.until('close');
      expect(recorder.closeError?.code).toBe('SLUICE_ERR_CONNECT');
    });

    it('takes along a listener that is just being opened', async () => {
      const { engine } = fixture();
      const listening = engine.listen({ host: '127.0.0.1', port: 0 }, { onAccept: () => undefined });
      const closing = engine.close();
      await expect(listening).rejects.toMatchObject({ code: 'SLUICE_ERR_STATE' });
      await closing;
    });
  });
}

function resources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /tcp|udp|addrinfo/i.test(name));
}
