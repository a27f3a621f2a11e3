import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Deadlines, type Expiring } from '../../../src/runtime/deadlines.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';

/** Enough for a heap in which the last one may belong above a place that became free. */
const itemCount = 20;
const number = fc.nat({ max: itemCount - 1 });
/** Sums of these are exact. */
const delayMs = fc.oneof(fc.nat({ max: 60 }), fc.constantFrom(0, 0.25, 0.5, 1));

const call = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('set' as const), item: number, delayMs }), weight: 3 },
  { arbitrary: fc.record({ kind: fc.constant('clear' as const), item: number }), weight: 1 },
);
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;
/** What an item does when it is told, beside noting it: once, so that it comes to an end. */
const reaction = fc.record({ calls: fc.array(call, { maxLength: 3 }), throws: fc.boolean() });
type Reaction = typeof reaction extends fc.Arbitrary<infer T> ? T : never;
const step = fc.oneof(
  { arbitrary: call, weight: 8 },
  { arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: delayMs }), weight: 1 },
);

class FaultError extends Error {}

/** A list of who is due when, which is all there is to it, beside the real thing. */
class Scene {
  readonly clock = new VirtualClock();
  readonly #deadlines = new Deadlines(this.clock);
  readonly #list: { readonly item: number; readonly dueMs: number }[] = [];
  readonly #reactions: Reaction[];
  readonly #items = Array.from({ length: itemCount }, (_, item): Expiring => ({
    deadlineIndex: -1,
    dueMs: 0,
    onDeadline: () => {
      this.#onDeadline(item);
    },
  }));

  constructor(reactions: Reaction[]) {
    this.#reactions = [...reactions];
  }

  call(call: Call): void {
    const item = this.#items[call.item]!;
    this.#forget(call.item);
    if (call.kind === 'clear') {
      this.#deadlines.clear(item);
    } else {
      this.#deadlines.set(item, call.delayMs);
      this.#list.push({ item: call.item, dueMs: this.clock.nowMs() + call.delayMs });
      this.#list.sort((one, other) => one.dueMs - other.dueMs);
    }
  }

  /** A callback that throws ends the round of the clock, as it would that of the event loop. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.clock.nowMs() + ms;
    for (let isDone = false; !isDone;) {
      try {
        await this.clock.advance(untilMs - this.clock.nowMs());
        isDone = true;
      } catch (error) {
        if (!(error instanceof FaultError)) throw error;
        this.#checkTimer();
      }
    }
    expect(this.#list.filter(({ dueMs }) => dueMs <= this.clock.nowMs())).toEqual([]);
  }

  check(): void {
    const kept = this.#list.map(({ item }) => item).toSorted((one, other) => one - other);
    expect(this.#items.flatMap(({ deadlineIndex }, item) => (deadlineIndex < 0 ? [] : [item]))).toEqual(kept);
    this.#checkTimer();
  }

  #checkTimer(): void {
    expect(this.clock.pending).toBe(this.#list.length > 0 ? 1 : 0);
  }

  /** Items due at the same time may come in any order; else it is always the first of the list. */
  #onDeadline(item: number): void {
    const dueMs = this.#list.find((entry) => entry.item === item)?.dueMs;
    expect(dueMs).toBe(this.clock.nowMs());
    expect(dueMs).toBe(this.#list[0]?.dueMs);
    this.#forget(item);
    const { calls, throws } = this.#reactions.pop() ?? { calls: [], throws: false };
    for (const call of calls) this.call(call);
    if (throws) throw new FaultError();
  }

  #forget(item: number): void {
    const at = this.#list.findIndex((entry) => entry.item === item);
    if (at >= 0) this.#list.splice(at, 1);
  }
}

it('are told as a sorted list would have them, with one timer', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 20, maxLength: 120 }),
      fc.array(reaction, { maxLength: 20 }),
      async (steps, reactions) => {
        const scene = new Scene(reactions);
        for (const step of steps) {
          if (step.kind === 'pass') await scene.pass(step.ms);
          else scene.call(step);
          scene.check();
        }
        await scene.pass(100);
        await scene.pass(1000);
        expect(scene.clock.pending).toBe(0);
      },
    ),
    { numRuns: 400 },
  );
});
