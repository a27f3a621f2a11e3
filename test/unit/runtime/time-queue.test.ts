import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/runtime/seeded-random.ts';
import { TimeQueue, type Timed } from '../../../src/runtime/time-queue.ts';

interface Item extends Timed {
  readonly name: number;
}

it('gives what a sorted list gives, in order of time and then of arrival, whatever is taken out before', () => {
  const random = seededRandom(11);
  const queue = new TimeQueue<Item>();
  const model: Item[] = [];
  for (let name = 0; name < 3000; name++) {
    const item = { name, dueMs: Math.floor(random() * 50), queueIndex: -1, queueOrder: 0 };
    queue.add(item);
    model.push(item);
    if (random() < 0.4) {
      const [gone] = model.splice(Math.floor(random() * model.length), 1);
      queue.delete(gone!);
      queue.delete(gone!);
    }
    expect(queue.size).toBe(model.length);
  }
  model.sort((a, b) => a.dueMs - b.dueMs || a.name - b.name);
  for (const expected of model) {
    expect(queue.first?.name).toBe(expected.name);
    queue.delete(expected);
  }
  expect(queue.first).toBeUndefined();
});

it('draws the same numbers for the same seed, evenly', () => {
  const [first, again, other] = [seededRandom(1), seededRandom(1), seededRandom(2)];
  const draw = (random: () => number): number[] => Array.from({ length: 10_000 }, random);
  const numbers = draw(first);
  expect(draw(again)).toEqual(numbers);
  expect(draw(other)).not.toEqual(numbers);
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  expect(mean).toBeCloseTo(0.5, 1);
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
});
