import { describe, expect, it } from 'vitest';
import { GuessLimits } from '../../../src/admin/users/guess-limits.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';

const clock = new VirtualClock();
const alice = { user: 'alice', address: '10.0.0.1' };

describe('guesses', () => {
  it('are delayed more and more, up to a quarter of an hour', async () => {
    const limits = new GuessLimits(clock);
    const waits: number[] = [];
    for (let count = 0; count < 16; count++) {
      expect(limits.begin({ user: 'alice', address: `10.0.1.${count}` })).toBe(0);
      waits.push(limits.waitMs(alice) / 1000);
      await clock.advance(limits.waitMs(alice));
    }
    expect(waits).toEqual([0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]);
  });

  it('are not looked at before the delay is over, and do not prolong it', async () => {
    const limits = new GuessLimits(clock);
    for (let count = 0; count < 3; count++) limits.begin(alice);
    expect(limits.begin(alice)).toBe(1000);
    await clock.advance(400);
    expect(limits.begin(alice)).toBe(600);
    await clock.advance(600);
    expect(limits.begin(alice)).toBe(0);
  });

  it('count by address, whoever is meant', () => {
    const limits = new GuessLimits(clock);
    for (let count = 0; count < 10; count++) limits.begin({ user: `user${count}`, address: '10.0.0.9' });
    expect(limits.begin({ user: 'bob', address: '10.0.0.9' })).toBe(1000);
    expect(limits.begin({ user: 'bob', address: '10.0.0.8' })).toBe(0);
  });

  it('count by the network of an IPv6 address', () => {
    const limits = new GuessLimits(clock);
    for (let count = 0; count < 10; count++)
      limits.begin({ user: `u${count}`, address: `2001:db8::${count}` });
    expect(limits.begin({ user: 'bob', address: '2001:db8::ffff:1' })).toBe(1000);
    expect(limits.begin({ user: 'bob', address: '2001:db8:0:1::1' })).toBe(0);
  });

  it('are forgotten of a user who is right, and not of the address', () => {
    const limits = new GuessLimits(clock);
    const mallory = { user: 'mallory', address: '10.0.0.7' };
    for (let count = 0; count < 9; count++) limits.begin({ user: `user${count}`, address: '10.0.0.7' });
    limits.begin(mallory);
    limits.succeed(mallory);
    expect(limits.waitMs(mallory)).toBe(0);
    limits.begin({ user: 'user9', address: '10.0.0.7' });
    expect(limits.begin(mallory)).toBe(1000);
  });

  it('count at once, so that many at the same time are no way around', () => {
    const limits = new GuessLimits(clock);
    const looked = Array.from({ length: 100 }, () => limits.begin(alice)).filter((waitMs) => waitMs === 0);
    expect(looked).toHaveLength(3);
  });

  it('are forgotten after an hour, and the oldest where there are too many', async () => {
    const limits = new GuessLimits(clock);
    for (let count = 0; count < 3; count++) limits.begin(alice);
    await clock.advance(3_600_000);
    limits.begin(alice);
    expect(limits.waitMs(alice)).toBe(0);
    for (let count = 0; count < 5500; count++) limits.begin({ user: `u${count}`, address: `a${count}` });
    expect(limits.size).toBe(10_000);
  });
});
