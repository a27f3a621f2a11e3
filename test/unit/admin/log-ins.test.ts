import { beforeEach, describe, expect, it } from 'vitest';
import { LogIns } from '../../../src/admin/users/log-ins.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';

const minuteMs = 60_000;
let clock: VirtualClock;
let logIns: LogIns;

beforeEach(() => {
  clock = new VirtualClock();
  logIns = new LogIns(clock, { logInIdleMs: 10 * minuteMs, logInMaxMs: 30 * minuteMs });
});

describe('a log-in', () => {
  it('lasts while it is used, and no longer than it may', async () => {
    const { id, logIn } = logIns.begin('alice');
    for (let count = 0; count < 3; count++) {
      await clock.advance(9 * minuteMs);
      expect(logIns.find(id)).toBe(logIn);
      logIns.use(logIn);
    }
    await clock.advance(3 * minuteMs);
    expect(logIns.find(id)).toBeUndefined();
    expect(logIns.isAlive(logIn)).toBe(false);
  });

  it('ends where nobody uses it', async () => {
    const { id, logIn } = logIns.begin('alice');
    expect(logIns.leftMs(logIn)).toBe(10 * minuteMs);
    await clock.advance(10 * minuteMs);
    expect(logIns.find(id)).toBeUndefined();
  });

  it('is known by nothing but its id', () => {
    const { id, logIn } = logIns.begin('alice');
    expect(logIns.find(logIn.key)).toBeUndefined();
    expect(logIns.find('')).toBeUndefined();
    expect(id).toMatch(/^[\w-]{43}$/u);
    expect(logIns.begin('alice').id).not.toBe(id);
  });

  it('ends for all of a user', () => {
    const [one, two, other] = [logIns.begin('alice'), logIns.begin('alice'), logIns.begin('bob')];
    logIns.endAllOf('alice');
    expect([one, two, other].map(({ id }) => logIns.find(id)?.user)).toEqual([undefined, undefined, 'bob']);
  });

  it('makes room for others: the oldest of the user, then of all', () => {
    const first = logIns.begin('alice');
    for (let count = 0; count < 15; count++) logIns.begin('alice');
    expect(logIns.find(first.id)).toBeDefined();
    logIns.begin('alice');
    expect(logIns.find(first.id)).toBeUndefined();
    const bob = logIns.begin('bob');
    for (let count = 0; count < 2000; count++) logIns.begin(`user${count}`);
    expect(logIns.find(bob.id)).toBeUndefined();
  });
});
