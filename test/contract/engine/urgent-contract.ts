import { beforeEach, describe, expect, it } from 'vitest';
import { sendUrgent } from '../../support/urgent-data.ts';
import { bothKinds, pattern, type EngineFixture } from './engine-fixture.ts';

/** The urgent byte itself is out of band, and what follows it is not the end. */
export function describeUrgent(fixture: () => EngineFixture): void {
  describe.each(bothKinds)('urgent data on a connection that was %s', (kind) => {
    beforeEach(({ skip }) => {
      skip(!fixture().world.hasUrgentData, 'there is none here, or no way to send it');
    });

    it.each(['open', 'ended'] as const)('hides nothing behind it from a reader: %s', async (then) => {
      const { recorder, other } = await fixture().pair(kind);
      other.socket.setNoDelay(true);
      // There is one mark at a time: an urgent byte that another one overtakes unread is no longer urgent.
      for (let round = 1; round <= 3; round++) {
        other.send('before');
        sendUrgent(other.socket, '!');
        other.send('behind');
        if (round === 3 && then === 'ended') other.socket.end();
        await recorder.untilBytes(12 * round);
      }
      if (then === 'ended') await recorder.until('end');
      expect(recorder.text).toBe('beforebehind'.repeat(3));
    });

    it('is passed over by a read that comes later', async () => {
      const { connection, recorder, other } = await fixture().pair(kind);
      connection.pause();
      other.send('before');
      sendUrgent(other.socket, '!');
      other.socket.end('behind');
      connection.resume();
      await recorder.until('end');
      expect(recorder.text).toBe('beforebehind');
    });

    it.each(['open', 'ended'] as const)('hides nothing behind it from a relay in bulk: %s', async (then) => {
      const from = await fixture().pair(kind);
      const to = await fixture().outgoing();
      from.connection.relay(to.connection);
      const half = pattern(2_000_000);
      from.other.send(half);
      await to.other.untilBytes(half.length);
      // Together in the receiver's queue, so that the mark is met in the midst of it.
      from.connection.pause();
      from.other.send('before');
      sendUrgent(from.other.socket, '!');
      from.other.send(half);
      if (then === 'ended') from.other.socket.end();
      from.connection.resume();
      const expected = Buffer.concat([half, Buffer.from('before'), half]);
      await to.other.untilBytes(expected.length);
      expect(to.other.bytes.equals(expected)).toBe(true);
      if (then === 'ended') await from.recorder.until('end');
    });
  });
}
