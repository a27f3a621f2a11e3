import { describe, expect, it } from 'vitest';
import { turns } from './condition.ts';
import { bothKinds, pattern, writeUntilFull, type EngineFixture } from './engine-fixture.ts';

const mebibyte = 1_048_576;

/** `pause` and `resume`, and what `write` returns. */
export function describeBackPressure(fixture: () => EngineFixture): void {
  describe.each(bothKinds)('back-pressure of a connection that was %s', (kind) => {
    it('stops reading when paused, so that the sender has to wait, and loses nothing', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      const bytes = pattern(20 * mebibyte);
      connection.pause();
      other.send(bytes);
      await turns(200);
      expect(recorder.byteCount).toBe(0);
      expect(other.socket.writableLength).toBeGreaterThan(0);
      connection.resume();
      await recorder.untilBytes(bytes.length);
      expect(recorder.bytes.equals(bytes)).toBe(true);
    });

    it('delivers nothing after a pause from inside onData, until resumed', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      const bytes = pattern(3 * mebibyte);
      let isPaused = false;
      let deliveriesWhilePaused = 0;
      recorder.on.data = () => {
        if (isPaused) deliveriesWhilePaused++;
        isPaused = true;
        connection.pause();
        setImmediate(() => {
          isPaused = false;
          connection.resume();
        });
      };
      other.socket.end(bytes);
      await recorder.until('end');
      expect(deliveriesWhilePaused).toBe(0);
      expect(recorder.bytes.equals(bytes)).toBe(true);
    });

    it('says false once the kernel takes no more, keeps little, and drains', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      other.socket.pause();
      const written = writeUntilFull(connection, Buffer.alloc(65_536, 7));
      expect(written).toBeLessThan(32 * mebibyte);
      await turns();
      expect(recorder.events).not.toContain('drain');
      other.socket.resume();
      await recorder.until('drain');
      await other.untilBytes(written);
      expect(connection.bytesWritten).toBe(written);
      expect(recorder.events.filter((event) => event === 'drain')).toHaveLength(1);
    });

    it('drains small writes too', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      other.socket.pause();
      const written = writeUntilFull(connection, Buffer.alloc(1000, 7));
      expect(written).toBeLessThan(Infinity);
      other.socket.resume();
      await recorder.until('drain');
      await other.untilBytes(written);
      expect(connection.write(Buffer.from('more'), 0, 4)).toBe(true);
      await other.untilBytes(written + 4);
    });

    it('keeps, in order, what is written although it said false', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      other.socket.pause();
      const filler = Buffer.alloc(65_536, 7);
      const written = writeUntilFull(connection, filler);
      const more = pattern(500_000);
      for (let at = 0; at < more.length; at += 999) {
        expect(connection.write(more, at, Math.min(at + 999, more.length))).toBe(false);
      }
      other.socket.resume();
      await recorder.until('drain');
      await other.untilBytes(written + more.length);
      expect(other.bytes.subarray(written).equals(more)).toBe(true);
    });

    it('takes an empty write', async () => {
      const { connection, other } = await fixture().pair(kind);
      expect(connection.write(Buffer.from('abc'), 1, 1)).toBe(true);
      connection.write(Buffer.from('abc'), 0, 3);
      await other.untilBytes(3);
      expect(connection.bytesWritten).toBe(3);
    });
  });
}
