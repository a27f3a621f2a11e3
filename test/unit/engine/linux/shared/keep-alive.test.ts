import { beforeEach, describe, expect, it } from 'vitest';
import { KeepAlive } from '../../../../../src/engine/linux/shared/keep-alive.ts';
import { VirtualClock } from '../../../../../src/runtime/virtual-clock.ts';

const roundMs = 30_000;
let clock: VirtualClock;
let keepAlive: KeepAlive;
/** The descriptors for which it was turned on, in order. */
let asked: number[];
const [a, b, c] = [11, 12, 13];

describe('KeepAlive', () => {
  beforeEach(() => {
    clock = new VirtualClock();
    keepAlive = new KeepAlive(clock, (descriptor) => void asked.push(descriptor));
    asked = [];
  });

  it('turns it on once for all that are there when the round is over', async () => {
    for (const descriptor of [a, b]) keepAlive.add(descriptor);
    await clock.advance(roundMs - 1);
    keepAlive.add(c);
    expect([asked, clock.pending]).toEqual([[], 1]);
    await clock.advance(1);
    expect(asked).toEqual([a, b, c]);
    await clock.advance(10 * roundMs);
    expect([asked.length, clock.pending]).toEqual([3, 0]);
  });

  it('spares those that are gone by then', async () => {
    keepAlive.add(a);
    keepAlive.add(b);
    keepAlive.delete(a);
    keepAlive.delete(c);
    await clock.advance(roundMs);
    expect(asked).toEqual([b]);
  });

  it('begins a new round for whoever comes after one', async () => {
    keepAlive.add(a);
    await clock.advance(roundMs + 5000);
    keepAlive.add(b);
    await clock.advance(roundMs - 1);
    expect(asked).toEqual([a]);
    await clock.advance(1);
    expect(asked).toEqual([a, b]);
  });

  it('has no timer before the first connection, nor once the last one is closed', async () => {
    expect(clock.pending).toBe(0);
    keepAlive.add(a);
    keepAlive.delete(a);
    expect(clock.pending).toBe(0);
    await clock.advance(2 * roundMs);
    expect(asked).toEqual([]);
  });
});
