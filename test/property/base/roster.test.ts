import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Roster, type Rostered } from '../../../src/base/roster.ts';

const itemCount = 12;
const change = fc.record({ adds: fc.boolean(), name: fc.nat({ max: itemCount - 1 }) });
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

it('a roster is what a Set would be, also when it changes while it is iterated', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 12 })), (rounds) => {
      const all = Array.from({ length: itemCount }, (): Rostered => ({ rosterSlot: -1 }));
      const roster = new Roster<Rostered>();
      const set = new Set<Rostered>();
      const apply = ({ adds, name }: Change): void => {
        const item = all[name]!;
        if (!adds) {
          expect(roster.delete(item)).toBe(set.delete(item));
          return;
        }
        roster.add(item);
        set.add(item);
      };
      for (const changes of rounds) {
        const left = [...changes];
        const before = new Set(set);
        const touched = new Set(changes.map(({ name }) => all[name]));
        const seen = new Set<Rostered>();
        for (const item of roster) {
          // Never twice, and never one that is not on it now.
          expect([seen.has(item), set.has(item)]).toEqual([false, true]);
          seen.add(item);
          const next = left.shift();
          if (next !== undefined) apply(next);
        }
        // Whoever was neither added nor deleted meanwhile is seen.
        for (const item of before) if (!touched.has(item)) expect(seen.has(item)).toBe(true);
        left.forEach(apply);
        expect([roster.size, new Set(roster)]).toEqual([set.size, set]);
        expect(new Set(roster.items)).toEqual(set);
        expect(all.filter(({ rosterSlot }) => rosterSlot >= 0)).toHaveLength(set.size);
      }
    }),
    { numRuns: 500 },
  );
});
