import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PortableEngine } from '../../../src/engine/portable/portable-engine.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';
import { bothKinds, EngineFixture } from './engine-fixture.ts';

const ageMs = 30_000;
let clock: VirtualClock;
let fixture: EngineFixture;
const asked = vi.spyOn(Socket.prototype, 'setKeepAlive');

describe.each(bothKinds)('keep-alive of a portable connection that was %s', (kind) => {
  beforeEach(() => {
    clock = new VirtualClock();
    fixture = new EngineFixture((runtime) => new PortableEngine({ ...runtime, clock }));
    asked.mockClear();
  });
  afterEach(async () => {
    await fixture.dispose();
    expect(clock.pending).toBe(0);
  });

  it('is turned on once, when the connection has been open for a while', async () => {
    await fixture.pair(kind);
    await clock.advance(ageMs - 1);
    expect(asked).not.toHaveBeenCalled();
    await clock.advance(10 * ageMs);
    expect(asked.mock.calls).toEqual([[true, 60_000]]);
  });

  it('is spared one that is closed by then, and leaves no timer', async () => {
    const { connection, recorder } = await fixture.pair(kind);
    connection.reset();
    await recorder.until('close');
    expect(clock.pending).toBe(0);
    await clock.advance(10 * ageMs);
    expect(asked).not.toHaveBeenCalled();
  });
});
