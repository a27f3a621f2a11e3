import { describe, expect, it } from 'vitest';
import { turns } from './condition.ts';
import { bothKinds, pattern, writeUntilFull, type EngineFixture, type Pair } from './engine-fixture.ts';
import { Recorder } from './recorder.ts';

const many = Array.from({ length: 30 }, (_, index) => index);

/** FIN as FIN, RST as RST, and `onClose` exactly once, whoever ended the connection. */
export function describeClosing(fixture: () => EngineFixture): void {
  describe.each(bothKinds)('closing a connection that was %s', (kind) => {
    it('tells FIN as onEnd, and still sends afterwards', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      const reply = pattern(300_000);
      other.socket.end('request');
      await recorder.until('end');
      expect(recorder.text).toBe('request');
      expect(connection.isClosed).toBe(false);
      connection.write(reply, 0, reply.length);
      connection.end();
      await Promise.all([other.untilEnd(), recorder.until('close')]);
      expect(other.bytes.equals(reply)).toBe(true);
      expect(recorder.events.filter((event) => event !== 'drain' && event !== 'connect')).toEqual([
        'data',
        'end',
        'close',
      ]);
      expect(recorder.closeError).toBeUndefined();
    });

    it('sends FIN with end(), and still receives afterwards', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      connection.end();
      connection.end();
      await other.untilEnd();
      const reply = pattern(300_000);
      other.socket.end(reply);
      await recorder.until('close');
      expect(recorder.bytes.equals(reply)).toBe(true);
      expect(recorder.events.slice(-3)).toEqual(['data', 'end', 'close']);
      expect(recorder.closeError).toBeUndefined();
    });

    it('flushes what was written before end(), and ignores what comes after', async () => {
      const { connection, other } = await fixture().pair(kind);
      const bytes = pattern(5_000_000);
      other.socket.pause();
      connection.write(bytes, 0, bytes.length);
      connection.end();
      expect(connection.write(bytes, 0, 10)).toBe(true);
      expect(connection.bytesWritten).toBe(bytes.length);
      other.socket.resume();
      await other.untilEnd();
      expect(other.bytes.equals(bytes)).toBe(true);
    });

    it('tells RST as SLUICE_ERR_RESET, at once and without onEnd', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      other.socket.resetAndDestroy();
      await recorder.until('close');
      expect(recorder.events).not.toContain('end');
      expect(connection.isClosed).toBe(true);
      expect(recorder.closeError).toMatchObject({
        code: 'SLUICE_ERR_RESET',
        side: kind === 'accepted' ? 'client' : 'server',
        cause: { code: 'ECONNRESET' },
      });
    });

    it.each([3, 100_000, 1_000_000])('tells RST right behind %d bytes as RST', async (count) => {
      const { recorder, other } = await fixture().pair(kind);
      other.socket.write(pattern(count));
      setImmediate(() => other.socket.resetAndDestroy());
      await recorder.until('close');
      expect(recorder.events).not.toContain('end');
      expect(recorder.closeError?.code).toBe('SLUICE_ERR_RESET');
    });

    it('tells RST right behind bytes from FIN right behind bytes, of many that come at once', async () => {
      const make = (): Promise<Pair> => fixture().pair(kind);
      const [broken, ended] = [await Promise.all(many.map(make)), await Promise.all(many.map(make))];
      for (const { other } of [...broken, ...ended]) other.socket.write('last');
      setImmediate(() => {
        for (const index of many) {
          broken[index]?.other.socket.resetAndDestroy();
          ended[index]?.other.socket.end();
        }
      });
      await Promise.all(broken.map(({ recorder }) => recorder.until('close')));
      await Promise.all(ended.map(({ recorder }) => recorder.until('end')));
      for (const { recorder } of broken) {
        expect(recorder.events).not.toContain('end');
        expect(recorder.closeError?.code).toBe('SLUICE_ERR_RESET');
      }
      for (const { recorder } of ended) expect(recorder.text).toBe('last');
    });

    it('tells RST right behind bytes as RST after FIN of its own', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      connection.end();
      await other.untilEnd();
      other.send('half of');
      other.socket.resetAndDestroy();
      await recorder.until('close');
      expect(recorder.events).not.toContain('end');
      expect(recorder.closeError?.code).toBe('SLUICE_ERR_RESET');
    });

    it('tells RST right behind bytes as RST while it has more to send than there is room', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      other.socket.pause();
      writeUntilFull(connection, pattern(65_536));
      other.send('half of');
      other.socket.resetAndDestroy();
      await recorder.until('close');
      expect(recorder.events).not.toContain('end');
      expect(recorder.closeError?.code).toBe('SLUICE_ERR_RESET');
    });

    it('sends RST with reset(), though bytes wait that nobody reads', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      other.socket.pause();
      writeUntilFull(connection, Buffer.alloc(65_536));
      connection.reset();
      connection.reset();
      await recorder.until('close');
      expect(recorder.closeError).toBeUndefined();
      other.socket.resume();
      await other.untilReset();
      expect(other.wasReset).toBe(true);
    });

    it('closes once after end() and reset() in one go', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      connection.write(Buffer.from('last'), 0, 4);
      connection.end();
      connection.reset();
      await Promise.all([recorder.until('close'), other.untilReset()]);
      expect(other.wasReset).toBe(true);
      expect(recorder.closeError).toBeUndefined();
      expect(recorder.events.at(-1)).toBe('close');
    });

    it('resets a connection of which one direction has ended', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      connection.end();
      await other.untilEnd();
      connection.reset();
      await Promise.all([recorder.until('close'), other.untilReset()]);
      expect(other.wasReset).toBe(true);
      expect(recorder.closeError).toBeUndefined();
    });

    it('tells nothing but onClose after a reset from inside a handler', async () => {
      const { recorder, other } = await fixture().pair(kind);
      recorder.on.data = (connection) => {
        connection.reset();
      };
      other.socket.end(pattern(500_000));
      await recorder.until('close');
      expect(recorder.events.slice(-2)).toEqual(['data', 'close']);
      expect(recorder.byteCount).toBeLessThanOrEqual(65_536);
    });

    it('closes an idle, a paused and a written-to connection once, and takes calls afterwards', async () => {
      for (const ending of ['reset', 'remoteReset', 'orderly'] as const) {
        const { connection, recorder, other } = await fixture().pair(kind);
        if (ending === 'reset') connection.reset();
        else if (ending === 'remoteReset') other.socket.resetAndDestroy();
        else {
          other.socket.end();
          connection.end();
        }
        await recorder.until('close');
        recorder.on.close = () => expect.fail('closed twice');
        expect(connection.write(Buffer.from('late'), 0, 4)).toBe(true);
        connection.pause();
        connection.resume();
        connection.end();
        connection.reset();
        await turns();
        expect([ending, recorder.closeCount, connection.isClosed]).toEqual([ending, 1, true]);
        expect(connection.remoteAddress.toString()).toBe('127.0.0.1');
      }
    });

    it('tells data, FIN and close after resume() where all of them came during a pause', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      connection.pause();
      connection.end();
      await other.untilEnd();
      other.socket.end('farewell');
      await turns();
      const paused = recorder.events.filter((event) => event !== 'connect');
      expect(paused).toEqual([]);
      connection.resume();
      await recorder.until('close');
      expect(recorder.events.slice(-3)).toEqual(['data', 'end', 'close']);
      expect(recorder.text).toBe('farewell');
    });

    it('closes a paused connection that has ended, when it is reset instead of resumed', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      recorder.on.data = () => {
        connection.pause();
        connection.end();
      };
      other.socket.end('farewell');
      await recorder.until('data');
      await other.untilEnd();
      await turns();
      connection.reset();
      await recorder.until('close');
      await turns();
      expect(recorder.closeCount).toBe(1);
      expect(recorder.closeError).toBeUndefined();
      expect(recorder.events).not.toContain('end');
    });
  });

  it('closes a connection that was reset before it stood', async () => {
    const port = await fixture().plainServer(() => undefined);
    const recorder = new Recorder();
    const connection = fixture().engine.connect({ host: '127.0.0.1', port }, recorder);
    connection.reset();
    await recorder.until('close');
    await turns();
    expect(recorder.events).toEqual(['close']);
    expect(recorder.closeError).toBeUndefined();
  });

  it('closes a connection that was reset while its host name was looked up', async () => {
    const recorder = new Recorder();
    fixture().engine.connect({ host: 'no-such-host.invalid', port: 104 }, recorder).reset();
    await recorder.until('close');
    expect(recorder.events).toEqual(['close']);
    expect(recorder.closeError).toBeUndefined();
  });
}
