import { describe, expect, it } from 'vitest';
import { Pace } from '../../../src/runtime/pace.ts';
import type { Clock, Timer } from '../../../src/runtime/runtime.ts';

/** A clock that a test moves by itself; timers fire when the test lets them. */
class HandClock implements Clock {
  timeMs = 0;
  readonly waiting: (() => void)[] = [];

  nowMs(): number {
    return this.timeMs;
  }

  wallMs(): number {
    return this.timeMs;
  }

  schedule(_delayMs: number, callback: () => void): Timer {
    this.waiting.push(callback);
    return { cancel: () => undefined, [Symbol.dispose]: () => undefined };
  }
}

describe('a pace', () => {
  it('rests once a slice of two milliseconds is over, and begins the next one after the rest', async () => {
    const clock = new HandClock();
    const pace = new Pace(clock);
    clock.timeMs = 1.9;
    await pace.rest();
    expect(clock.waiting).toHaveLength(0);
    clock.timeMs = 2;
    const rested = pace.rest();
    expect(clock.waiting).toHaveLength(1);
    clock.timeMs = 10;
    clock.waiting.shift()?.();
    await rested;
    clock.timeMs = 11.9;
    await pace.rest();
    expect(clock.waiting).toHaveLength(0);
  });
});
