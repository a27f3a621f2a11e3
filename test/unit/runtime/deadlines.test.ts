import { beforeEach, describe, expect, it } from 'vitest';
import { Deadlines, type Expiring } from '../../../src/runtime/deadlines.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';

let clock: VirtualClock;
let deadlines: Deadlines;
/** Who expired, and when. */
let expired: string[];

class Item implements Expiring {
  deadlineIndex = -1;
  dueMs = 0;
  readonly #name: string;
  readonly #react: (item: Item) => void;

  constructor(name: string, react: (item: Item) => void = () => undefined) {
    this.#name = name;
    this.#react = react;
  }

  onDeadline(): void {
    expired.push(`${this.#name} at ${clock.nowMs()}`);
    this.#react(this);
  }
}

function fail(): never {
  throw new Error('a fault');
}

describe('Deadlines', () => {
  beforeEach(() => {
    clock = new VirtualClock();
    deadlines = new Deadlines(clock);
    expired = [];
  });

  it('tells once, when the time has come and not before', async () => {
    deadlines.set(new Item('a'), 10);
    await clock.advance(9.5);
    expect(expired).toEqual([]);
    await clock.advance(0.5);
    await clock.advance(100);
    expect(expired).toEqual(['a at 10']);
  });

  it('tells in order of time, whatever the order of setting', async () => {
    for (const delayMs of [50, 20, 70, 10, 40, 30, 60]) deadlines.set(new Item(`${delayMs}`), delayMs);
    await clock.advance(100);
    expect(expired).toEqual([10, 20, 30, 40, 50, 60, 70].map((ms) => `${ms} at ${ms}`));
  });

  it('has one timer for all, and none for nobody', async () => {
    const items = [30, 10, 20].map((delayMs) => {
      const item = new Item(`${delayMs}`);
      deadlines.set(item, delayMs);
      expect(clock.pending).toBe(1);
      return item;
    });
    await clock.advance(10);
    expect(clock.pending).toBe(1);
    for (const item of items) deadlines.clear(item);
    expect(clock.pending).toBe(0);
    deadlines.set(new Item('again'), 5);
    expect(clock.pending).toBe(1);
    await clock.advance(5);
    expect([expired, clock.pending]).toEqual([['10 at 10', 'again at 15'], 0]);
  });

  it.each([
    ['earlier', 10],
    ['later', 90],
  ])('takes a new deadline instead of the old one, %s', async (_which, newMs) => {
    const item = new Item('a');
    deadlines.set(new Item('b'), 40);
    deadlines.set(item, 50);
    deadlines.set(new Item('c'), 60);
    deadlines.set(item, newMs);
    await clock.advance(100);
    expect(expired.toSorted()).toEqual([`a at ${newMs}`, 'b at 40', 'c at 60']);
    expect(clock.pending).toBe(0);
  });

  it('puts off again and again without a timer more', async () => {
    const item = new Item('busy');
    for (let i = 0; i < 50; i++) {
      deadlines.set(item, 10);
      await clock.advance(7);
      expect(clock.pending).toBe(1);
    }
    expect(expired).toEqual([]);
    await clock.advance(10);
    expect(expired).toEqual([`busy at ${49 * 7 + 10}`]);
  });

  it('forgets who is cleared, who may be cleared again and whom it never knew', async () => {
    const [first, second, third] = [new Item('1'), new Item('2'), new Item('3')];
    deadlines.set(first, 10);
    deadlines.set(second, 20);
    for (const item of [first, first, third]) deadlines.clear(item);
    expect([first.deadlineIndex, second.deadlineIndex, third.deadlineIndex]).toEqual([-1, 0, -1]);
    await clock.advance(30);
    deadlines.clear(second);
    expect(expired).toEqual(['2 at 20']);
  });

  it('takes no delay, at once but not from inside the call', async () => {
    deadlines.set(new Item('a'), 0);
    expect(expired).toEqual([]);
    await clock.advance(0);
    expect(expired).toEqual(['a at 0']);
  });

  it('keeps one without end until it is cleared', async () => {
    const item = new Item('never');
    deadlines.set(item, Infinity);
    deadlines.set(new Item('a'), 10);
    await clock.advance(1e9);
    expect([expired, clock.pending]).toEqual([['a at 10'], 1]);
    deadlines.clear(item);
    expect(clock.pending).toBe(0);
  });
});

describe('from inside onDeadline, Deadlines', () => {
  beforeEach(() => {
    clock = new VirtualClock();
    deadlines = new Deadlines(clock);
    expired = [];
  });

  it('keeps the one that is told no more, which may set itself again', async () => {
    const indexes: number[] = [];
    const item = new Item('a', (self) => {
      indexes.push(self.deadlineIndex);
      deadlines.clear(self);
      if (expired.length < 3) deadlines.set(self, 10);
    });
    deadlines.set(item, 10);
    await clock.advance(100);
    expect(expired).toEqual(['a at 10', 'a at 20', 'a at 30']);
    expect([indexes, clock.pending]).toEqual([[-1, -1, -1], 0]);
  });

  it('tells in the same round who is set without delay, and whoever else is due', async () => {
    const other = new Item('other');
    let left = 2;
    const again = new Item('again', (self) => {
      deadlines.set(other, 0);
      if (left-- > 0) deadlines.set(self, 0);
    });
    deadlines.set(again, 10);
    await clock.advance(10);
    expect(expired.filter((text) => text === 'again at 10')).toHaveLength(3);
    expect(expired.filter((text) => text === 'other at 10').length).toBeGreaterThan(0);
    expect(expired.length).toBeLessThanOrEqual(6);
    expect(clock.pending).toBe(0);
  });

  it('does not tell one that was cleared by another due at the same time', async () => {
    const pair: Item[] = ['a', 'b'].map(
      (name) => new Item(name, () => pair.forEach((item) => deadlines.clear(item))),
    );
    for (const item of pair) deadlines.set(item, 10);
    await clock.advance(50);
    expect(expired).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('tells one later that was put off by another due at the same time', async () => {
    const pair: Item[] = ['a', 'b'].map(
      (name) =>
        new Item(name, (self) => {
          if (clock.nowMs() === 10)
            deadlines.set(
              pair.find((item) => item !== self)!,
              5,
            );
        }),
    );
    for (const item of pair) deadlines.set(item, 10);
    await clock.advance(50);
    expect(expired.map((text) => text.slice(2))).toEqual(['at 10', 'at 15']);
    expect(new Set(expired.map((text) => text[0])).size).toBe(2);
  });

  it('arms one timer when a nearer one is set, also with a farther one left', async () => {
    const near = new Item('near');
    const first = new Item('first', () => {
      deadlines.set(near, 5);
      expect(clock.pending).toBe(1);
    });
    deadlines.set(first, 10);
    deadlines.set(new Item('far'), 50);
    await clock.advance(10);
    expect(clock.pending).toBe(1);
    await clock.advance(40);
    expect(expired).toEqual(['first at 10', 'near at 15', 'far at 50']);
  });

  it('passes on what is thrown, and tells the others nevertheless', async () => {
    deadlines.set(new Item('faulty', fail), 10);
    deadlines.set(new Item('same time'), 10);
    deadlines.set(new Item('later'), 20);
    await expect(clock.advance(10)).rejects.toThrow('a fault');
    expect(clock.pending).toBe(1);
    await clock.advance(0);
    expect(expired.toSorted()).toEqual(['faulty at 10', 'same time at 10']);
    await clock.advance(10);
    expect(expired.at(-1)).toBe('later at 20');
    expect(clock.pending).toBe(0);
  });

  it('leaves no timer where the last one throws', async () => {
    deadlines.set(new Item('faulty', fail), 10);
    await expect(clock.advance(10)).rejects.toThrow('a fault');
    expect(clock.pending).toBe(0);
  });
});

describe('Deadlines after a stall', () => {
  /** Its time goes on while nobody fires its timers. */
  class StallingClock extends VirtualClock {
    stalledMs = 0;

    override nowMs(): number {
      return super.nowMs() + this.stalledMs;
    }
  }

  it('let everything that waits be read first, once', async () => {
    const stalling = new StallingClock();
    clock = stalling;
    deadlines = new Deadlines(clock);
    expired = [];
    const [met, missed] = [new Item('met'), new Item('missed')];
    deadlines.set(met, 100);
    deadlines.set(missed, 100);
    stalling.stalledMs = 500;
    await clock.advance(100);
    expect(expired).toEqual([]);
    deadlines.clear(met);
    stalling.stalledMs += 500;
    await clock.advance(10);
    expect(expired).toEqual(['missed at 1110']);
  });
});
