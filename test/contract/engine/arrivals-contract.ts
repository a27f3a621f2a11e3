import { describe, expect, it } from 'vitest';
import { turns } from './condition.ts';
import { bothKinds, pattern, type EngineFixture } from './engine-fixture.ts';
import { Recorder } from './recorder.ts';

/** `hasArrivals`: a look at what was not told yet, which changes nothing about what is told. */
export function describeArrivals(fixture: () => EngineFixture): void {
  describe.each(bothKinds)('what has arrived at a connection that was %s', (kind) => {
    it('is nothing at first, and once all of it was told', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      expect(connection.hasArrivals()).toBe(false);
      other.send('hello');
      await recorder.untilBytes(5);
      await turns();
      expect(connection.hasArrivals()).toBe(false);
      other.socket.end();
      await recorder.until('end');
      expect(connection.hasArrivals()).toBe(false);
      expect(recorder.text).toBe('hello');
    });

    it('is seen before it is told, which it is nevertheless, in order', async ({ skip }) => {
      skip(!fixture().world.isInstant, 'what is sent takes its time here');
      const { connection, recorder, other } = await fixture().pair(kind);
      other.send('hello');
      expect([connection.hasArrivals(), connection.hasArrivals()]).toEqual([true, true]);
      other.send(' world');
      expect(connection.hasArrivals()).toBe(true);
      await recorder.untilBytes(11);
      expect(recorder.text).toBe('hello world');
      expect(connection.bytesRead).toBe(11);
      expect(connection.hasArrivals()).toBe(false);
    });

    it('is seen while paused', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      connection.pause();
      other.send('hello');
      await turns();
      expect(connection.hasArrivals()).toBe(true);
      await turns();
      expect(recorder.text).toBe('');
      connection.resume();
      await recorder.untilBytes(5);
      expect(recorder.text).toBe('hello');
    });

    it('may be FIN', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      connection.pause();
      other.socket.end();
      await turns();
      expect(connection.hasArrivals()).toBe(true);
      connection.resume();
      await recorder.until('end');
      expect(recorder.closeCount).toBe(0);
    });

    it('may be a reset, which is told as one', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      connection.pause();
      other.socket.resetAndDestroy();
      await turns();
      expect(connection.isClosed || connection.hasArrivals()).toBe(true);
      connection.resume();
      await recorder.until('close');
      expect(recorder.closeError?.code).toBe('SLUICE_ERR_RESET');
      expect(recorder.events).not.toContain('end');
      expect(connection.hasArrivals()).toBe(false);
    });

    it('is nothing any more after a reset of its own', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      other.send('hello');
      connection.reset();
      expect(connection.hasArrivals()).toBe(false);
      await recorder.until('close');
      expect(connection.hasArrivals()).toBe(false);
    });
  });

  it('finds nothing at a connection that does not stand yet', async () => {
    const port = await fixture().plainServer(() => undefined);
    const recorder = new Recorder();
    const connection = fixture().engine.connect({ host: '127.0.0.1', port }, recorder);
    expect(connection.hasArrivals()).toBe(false);
    await recorder.until('connect');
  });

  describe.each([10, 70_000])('behind a relay of %d bytes', (limit) => {
    it.each([0, 1, 1_000])('are %d bytes', async (restLength) => {
      const [from, to] = await Promise.all([fixture().outgoing(), fixture().accepted()]);
      const rest = pattern(restLength);
      const seen: boolean[] = [];
      from.recorder.on.relayed = (connection) => {
        seen.push(connection.hasArrivals());
      };
      from.connection.relay(to.connection, limit);
      from.other.send(Buffer.concat([pattern(limit), rest]));
      await Promise.all([to.other.untilBytes(limit), from.recorder.untilBytes(restLength)]);
      await from.recorder.until('relayed');
      expect(seen).toEqual([restLength > 0]);
      expect(from.recorder.bytes.equals(rest)).toBe(true);
    });
  });
}
