import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NoisiestFirst, sourceGroups } from '../../../src/udp/noisiest-first.ts';

const slots = 12;

/** Few enough to have several slots each, written so that only the last bits tell them apart. */
const anySource = fc.integer({ min: 0, max: 3 }).map((group) => group + 5 * sourceGroups);
const anyStep = fc.record({
  kind: fc.constantFrom(
    'add' as const,
    'add' as const,
    'remove' as const,
    'touch' as const,
    'evict' as const,
  ),
  slot: fc.integer({ min: 0, max: slots - 1 }),
  source: anySource,
});

describe('NoisiestFirst', () => {
  it('begins with the longest waiting slot of a source that has the most', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 100 }), (steps) => {
        const order = new NoisiestFirst(slots);
        /** Source by slot, in the order of waiting. */
        const model = new Map<number, number>();
        const countOf = (source: number): number =>
          [...model.values()].filter((other) => other === source).length;
        for (const step of steps) {
          const slot = step.kind === 'evict' ? order.first() : step.slot;
          const source = model.get(slot);
          if (step.kind === 'add' && source === undefined) {
            order.add(slot, step.source);
            model.set(slot, step.source);
          } else if (step.kind === 'touch' && source !== undefined) {
            order.touch(slot);
            model.delete(slot);
            model.set(slot, source);
          } else if (step.kind === 'remove' || (step.kind === 'evict' && slot >= 0)) {
            order.remove(slot);
            model.delete(slot);
          }
          expect(order.size).toBe(model.size);
          const first = order.first();
          const noisiest = model.get(first);
          if (noisiest === undefined) expect([first, model.size]).toEqual([-1, 0]);
          else {
            const most = Math.max(...[...model.values()].map(countOf));
            expect(countOf(noisiest)).toBe(most);
            expect([...model].find(([, other]) => other === noisiest)![0]).toBe(first);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is the order of waiting where every source has one', () => {
    const order = new NoisiestFirst(slots);
    for (const slot of [3, 1, 4]) order.add(slot, 1000 - slot);
    order.touch(3);
    const left: number[] = [];
    for (let first = order.first(); first >= 0; first = order.first()) {
      left.push(first);
      order.remove(first);
    }
    expect(left).toEqual([1, 4, 3]);
  });

  it('has flows of a quiet source outlive a flood', () => {
    const order = new NoisiestFirst(slots);
    order.add(0, 1);
    for (let slot = 1; slot < slots; slot++) order.add(slot, 2);
    for (let round = 0; round < 100; round++) {
      const first = order.first();
      expect(first).not.toBe(0);
      order.remove(first);
      order.add(first, 2);
    }
  });
});
