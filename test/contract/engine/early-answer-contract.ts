import { describe, expect, it } from 'vitest';
import { turns } from './condition.ts';
import { pattern, writeUntilFull, type EngineFixture } from './engine-fixture.ts';

const request = pattern(1_000);

/** What a server sent before its reset is told before the reset. */
export function describeEarlyAnswer(fixture: () => EngineFixture): void {
  describe('an answer with a reset behind it', () => {
    it.each([7, 30_000])('of %i bytes is told though a write found the reset first', async (count) => {
      const { connection, recorder, other } = await fixture().outgoing();
      const answer = pattern(count);
      other.send(answer);
      other.socket.resetAndDestroy();
      recorder.ownerCalls.make(() => connection.write(request, 0, request.length));
      await recorder.until('close');
      expect(recorder.bytes.equals(answer)).toBe(true);
      expect(recorder.events).toEqual(['connect', 'data', 'close']);
      expect(recorder.closeError).toMatchObject({ code: 'SLUICE_ERR_RESET', side: 'server' });
    });

    it.each([false, true])(
      'waits while reading is paused; a write fails meanwhile: %s',
      async (doesWrite) => {
        const { connection, recorder, other } = await fixture().outgoing();
        connection.pause();
        other.send('answer');
        other.socket.resetAndDestroy();
        if (doesWrite) connection.write(request, 0, request.length);
        await turns();
        expect(recorder.events).toEqual(['connect']);
        connection.resume();
        await recorder.until('close');
        expect(recorder.text).toBe('answer');
        expect(recorder.closeError?.code).toBe('SLUICE_ERR_RESET');
      },
    );

    it.each([false, true])(
      'waits while its relay has no room; a write fails meanwhile: %s',
      async (doesWrite) => {
        const [from, to] = [await fixture().outgoing(), await fixture().accepted()];
        to.other.socket.pause();
        const filling = writeUntilFull(to.connection, pattern(65_536));
        from.connection.relay(to.connection);
        from.other.send('answer');
        from.other.socket.resetAndDestroy();
        if (doesWrite) from.connection.write(request, 0, request.length);
        await turns();
        to.other.socket.resume();
        await to.other.untilBytes(filling + 6);
        expect(to.other.text.endsWith('answer')).toBe(true);
        await from.recorder.until('close');
        expect(from.recorder.closeError?.code).toBe('SLUICE_ERR_RESET');
      },
    );

    it('is whole where its end came before the reset', async () => {
      const { connection, recorder, other } = await fixture().outgoing();
      // What is unread when a socket is closed makes its end a reset, so the end goes first.
      other.socket.end('answer');
      await new Promise((resolve) => other.socket.once('finish', resolve));
      other.socket.destroy();
      for (let round = 0; round < 3; round++) connection.write(request, 0, request.length);
      await recorder.until('close');
      expect(recorder.text).toBe('answer');
      expect(recorder.events.slice(0, 3)).toEqual(['connect', 'data', 'end']);
    });

    it('closes at once when its owner resets it instead of reading', async () => {
      const { connection, recorder, other } = await fixture().outgoing();
      connection.pause();
      other.send('answer');
      other.socket.resetAndDestroy();
      connection.write(request, 0, request.length);
      await turns();
      connection.reset();
      await recorder.until('close');
      expect(recorder.events).toEqual(['connect', 'close']);
      expect(recorder.closeError).toBeUndefined();
    });
  });
}
