import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterBurst,
  afterRead,
  afterRound,
  afterSend,
  isAckNow,
  isDue,
  isToBeScheduled,
  newAckHabit,
  noAckHabit,
  onSchedule,
  type AckHabit,
} from '../../../../../src/engine/linux/tcp/ack-habit.ts';

const maxNeedlessAtOnce = 16;

/** A socket as its owner drives it: what it has sent as packets of their own, and on whose account. */
class Socket {
  habit: AckHabit = newAckHabit;
  acksAtOnce = 0;
  acksOnSchedule = 0;
  timesScheduled = 0;
  #isScheduled = false;

  read(silentMs = 0): this {
    this.habit = afterRead(this.habit, silentMs);
    if (isAckNow(this.habit)) {
      this.acksAtOnce += 1;
    } else if (isToBeScheduled(this.habit)) {
      this.habit = onSchedule(this.habit);
      this.timesScheduled += 1;
      this.#isScheduled = true;
    }
    return this;
  }

  burst(): this {
    this.habit = afterBurst(this.habit);
    if (isAckNow(this.habit)) this.acksAtOnce += 1;
    return this;
  }

  send(): this {
    this.habit = afterSend(this.habit);
    return this;
  }

  /** Two rounds, after which what was owed is acknowledged. */
  twoRounds(): this {
    for (let round = 0; round < 2 && this.#isScheduled; round++) {
      if (isDue(this.habit)) this.acksOnSchedule += 1;
      this.habit = afterRound(this.habit);
      this.#isScheduled = isDue(this.habit);
    }
    return this;
  }

  /** It has shown that it waits. */
  waits(): this {
    return this.read().twoRounds().read().send();
  }

  /** The schedule has been of no use. */
  offSchedule(): this {
    return this.read().twoRounds().send();
  }
}

describe('the habit of acknowledging', () => {
  it('goes on the schedule once, however much is read before the round', () => {
    const socket = new Socket().read().read().read();
    expect(socket.timesScheduled).toBe(1);
    expect(socket.twoRounds().acksOnSchedule).toBe(1);
    expect(socket.acksAtOnce).toBe(0);
  });

  it('leaves to an answer what it carries', () => {
    const socket = new Socket().read().send().twoRounds();
    expect(socket.acksOnSchedule).toBe(0);
  });

  it('gives at once after more came behind an acknowledgement, with nothing sent in between', () => {
    const socket = new Socket().read().twoRounds().read();
    expect(socket.acksAtOnce).toBe(1);
    expect(socket.send().read().acksAtOnce).toBe(2);
  });

  it('ends that after 16 in a row that an answer could have carried', () => {
    const socket = new Socket().waits();
    const learnt = socket.acksAtOnce;
    for (let i = 0; i < 3 * maxNeedlessAtOnce; i++) socket.read().send();
    // The one that taught it was answered, and counts.
    expect(socket.acksAtOnce - learnt).toBe(maxNeedlessAtOnce);
  });

  it('counts those anew whenever the other side has waited again', () => {
    const socket = new Socket().waits();
    for (let i = 0; i < 10 * maxNeedlessAtOnce; i++) {
      const before = socket.acksAtOnce;
      if (i % (maxNeedlessAtOnce - 1) === 0) socket.read();
      socket.read().send();
      expect(socket.acksAtOnce).toBeGreaterThan(before);
    }
  });

  it('leaves the schedule after one acknowledgement that changed nothing', () => {
    const socket = new Socket().offSchedule();
    expect(socket.timesScheduled).toBe(1);
    for (let i = 0; i < 50; i++) socket.read(1).twoRounds().send();
    expect(socket).toMatchObject({ timesScheduled: 1, acksOnSchedule: 1, acksAtOnce: 0 });
  });

  it.each([
    [29, false],
    [30, true],
    [40, true],
    [250, true],
    [251, false],
  ])(
    'off the schedule, takes a piece that comes %d ms late for one that waited: %s',
    (silentMs, hasWaited) => {
      const socket = new Socket().offSchedule().read(1000).read(silentMs);
      expect(socket.acksAtOnce).toBe(hasWaited ? 1 : 0);
    },
  );

  it('takes no late piece for one that waited where something was sent in between', () => {
    const socket = new Socket().offSchedule().read(1000).send().read(40);
    expect(socket.acksAtOnce).toBe(0);
  });

  it('takes no late piece for one that waited on the schedule, which would have acknowledged it', () => {
    const socket = new Socket().read().read(40);
    expect(socket.acksAtOnce).toBe(0);
  });

  it('leaves bursts to the kernel, unless the other side waits', () => {
    const socket = new Socket().burst().twoRounds().burst();
    expect(socket).toMatchObject({ timesScheduled: 0, acksOnSchedule: 0, acksAtOnce: 0 });
    expect(new Socket().waits().burst().acksAtOnce).toBe(2);
  });

  it('does nothing for a socket that leaves all to the kernel', () => {
    const socket = new Socket();
    socket.habit = noAckHabit;
    socket.read().read(40).twoRounds().read(40).burst().send().read(40);
    expect(socket).toMatchObject({ habit: noAckHabit, timesScheduled: 0, acksOnSchedule: 0, acksAtOnce: 0 });
  });

  it('never acknowledges twice what was read once, nor more than was read, and stays a small integer', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ step: fc.constant('read' as const), ms: fc.integer({ min: 0, max: 300 }) }),
        fc.record({
          step: fc.constantFrom('send' as const, 'burst' as const, 'twoRounds' as const),
          ms: fc.constant(0),
        }),
      ),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const socket = new Socket();
        let reads = 0;
        for (const { step, ms } of all) {
          if (step === 'read' || step === 'burst') reads += 1;
          socket[step](ms);
          expect(socket.acksAtOnce + socket.acksOnSchedule).toBeLessThanOrEqual(reads);
          expect(socket.habit).toBeGreaterThanOrEqual(0);
          expect(socket.habit).toBeLessThan(2 ** 10);
        }
      }),
    );
  });
});
