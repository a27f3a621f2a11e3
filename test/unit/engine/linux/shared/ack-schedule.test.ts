import { beforeEach, describe, expect, it } from 'vitest';
import { AckSchedule, type Owing } from '../../../../../src/engine/linux/shared/ack-schedule.ts';
import { VirtualClock } from '../../../../../src/runtime/virtual-clock.ts';

const roundMs = 4;
let clock: VirtualClock;
let schedule: AckSchedule;

/** Settles when it is asked for the `rounds`th time, and notes when it was asked. */
class Socket implements Owing {
  readonly askedMs: number[] = [];
  readonly #rounds: number;

  constructor(rounds: number) {
    this.#rounds = rounds;
  }

  settle(): boolean {
    this.askedMs.push(clock.nowMs());
    return this.askedMs.length >= this.#rounds;
  }
}

describe('AckSchedule', () => {
  beforeEach(() => {
    clock = new VirtualClock();
    schedule = new AckSchedule(clock);
  });

  it('has no timer while nobody owes anything', async () => {
    expect(clock.pending).toBe(0);
    schedule.add(new Socket(1));
    expect(clock.pending).toBe(1);
    await clock.advance(roundMs);
    expect(clock.pending).toBe(0);
  });

  it.each([1, 2, 5])(
    'asks at every round until it is settled at number %d, and not again',
    async (rounds) => {
      const socket = new Socket(rounds);
      schedule.add(socket);
      await clock.advance(100);
      expect(socket.askedMs).toEqual(Array.from({ length: rounds }, (_, round) => (round + 1) * roundMs));
      expect(clock.pending).toBe(0);
    },
  );

  it('leaves between one round and two to whoever settles at the second', async () => {
    const [first, late] = [new Socket(2), new Socket(2)];
    schedule.add(first);
    await clock.advance(roundMs - 1);
    schedule.add(late);
    expect(clock.pending).toBe(1);
    await clock.advance(100);
    expect([first.askedMs, late.askedMs]).toEqual([
      [4, 8],
      [4, 8],
    ]);
  });

  it('begins again for whoever is added after all were settled', async () => {
    const socket = new Socket(1);
    schedule.add(socket);
    await clock.advance(50);
    schedule.add(socket);
    await clock.advance(50);
    expect([socket.askedMs, clock.pending]).toEqual([[4, 54], 0]);
  });

  it('asks nobody once it is stopped, and leaves no timer', async () => {
    schedule.stop();
    const socket = new Socket(3);
    schedule.add(socket);
    await clock.advance(roundMs);
    schedule.stop();
    schedule.stop();
    expect(clock.pending).toBe(0);
    await clock.advance(100);
    expect(socket.askedMs).toEqual([4]);
  });

  it('asks each of many once a round, however many stay', async () => {
    const sockets = Array.from({ length: 60 }, (_, index) => new Socket(1 + (index % 4)));
    for (const [index, socket] of sockets.entries()) {
      if (index % 20 === 0) await clock.advance(roundMs);
      schedule.add(socket);
    }
    await clock.advance(100);
    for (const [index, { askedMs }] of sockets.entries()) {
      const firstMs = (Math.floor(index / 20) + 2) * roundMs;
      expect(askedMs).toEqual(
        Array.from({ length: 1 + (index % 4) }, (_, round) => firstMs + round * roundMs),
      );
    }
    expect(clock.pending).toBe(0);
  });
});
