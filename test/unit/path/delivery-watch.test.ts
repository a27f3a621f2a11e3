import { describe, expect, it } from 'vitest';
import { DeliveryWatch } from '../../../src/path/delivery-watch.ts';

describe('DeliveryWatch', () => {
  /** A connection, and how often the system was asked about it. */
  function connection() {
    let asked = 0;
    return {
      lastActiveMs: 100,
      left: 50,
      get asked() {
        return asked;
      },
      get unacknowledgedBytes() {
        asked += 1;
        return this.left;
      },
    };
  }

  it('knows of bytes that moved, without asking the system', () => {
    const [watch, observed] = [new DeliveryWatch(), connection()];
    expect(watch.lastActiveMs(observed, 200)).toBe(100);
    observed.lastActiveMs = 250;
    expect(watch.lastActiveMs(observed, 300)).toBe(250);
    expect(observed.asked).toBe(0);
  });

  it('counts acknowledgements from one look to the next', () => {
    const [watch, observed] = [new DeliveryWatch(), connection()];
    const look = (nowMs: number): number => watch.lastActiveMs(observed, nowMs);
    look(200);
    expect(look(300)).toBe(100);
    observed.left = 40;
    expect(look(400)).toBe(400);
    expect(look(500)).toBe(400);
    observed.left = 0;
    expect(look(600)).toBe(600);
  });

  it('asks no more once everything is acknowledged, until bytes move again', () => {
    const [watch, observed] = [new DeliveryWatch(), connection()];
    observed.left = 0;
    for (let nowMs = 200; nowMs < 1_000; nowMs += 100) watch.lastActiveMs(observed, nowMs);
    expect(observed.asked).toBe(1);
    observed.lastActiveMs = 1_000;
    observed.left = 7;
    for (let nowMs = 1_000; nowMs < 1_300; nowMs += 100) watch.lastActiveMs(observed, nowMs);
    expect(observed.asked).toBe(3);
  });
});
