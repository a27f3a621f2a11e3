import { describe, expect, it } from 'vitest';
import { turns } from './condition.ts';
import { bothKinds, pattern, writeUntilFull, type EngineFixture } from './engine-fixture.ts';

const piece = pattern(65_536);

/** What the other side has not taken yet, and leaving that to the system. */
export function describeDelivery(fixture: () => EngineFixture): void {
  describe.each(bothKinds)('delivery on a connection that was %s', (kind) => {
    it('counts what is not acknowledged, until all of it is', async () => {
      const { connection, other } = await fixture().pair(kind);
      expect(connection.unacknowledgedBytes).toBe(0);
      other.socket.pause();
      const written = writeUntilFull(connection, piece);
      const waiting = connection.unacknowledgedBytes;
      expect(waiting).toBeGreaterThan(0);
      expect(waiting).toBeLessThanOrEqual(written);
      connection.end();
      expect(connection.unacknowledgedBytes).toBeGreaterThan(0);
      other.socket.resume();
      await other.untilEnd();
      while (connection.unacknowledgedBytes > 0) await turns();
      expect(other.byteCount).toBe(written);
    });

    it('counts what was lost with a reset by the other side', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      other.socket.pause();
      writeUntilFull(connection, piece);
      other.socket.resetAndDestroy();
      await recorder.until('close');
      expect(connection.unacknowledgedBytes).toBeGreaterThan(0);
    });

    it('has the system deliver what it took, after close()', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      other.socket.pause();
      const bytes = pattern(fixture().world.takenAtOnce);
      expect(connection.write(bytes, 0, bytes.length)).toBe(true);
      connection.end();
      recorder.ownerCalls.make(() => connection.close());
      connection.close();
      await recorder.until('close');
      expect(recorder.closeError).toBeUndefined();
      expect(recorder.closeCount).toBe(1);
      other.socket.resume();
      await other.untilEnd();
      expect(other.bytes.equals(bytes)).toBe(true);
      expect(other.wasReset).toBe(false);
    });

    it('ends in order with close() alone', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      connection.close();
      await Promise.all([recorder.until('close'), other.untilEnd()]);
      expect(other.wasReset).toBe(false);
    });

    it('resets with close() where something is left that the system did not take', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      other.socket.pause();
      writeUntilFull(connection, piece);
      connection.end();
      connection.close();
      await recorder.until('close');
      other.socket.resume();
      await other.untilReset();
      expect(other.wasReset).toBe(true);
    });
  });
}
