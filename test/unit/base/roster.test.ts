import { describe, expect, it } from 'vitest';
import { Roster, type Rostered } from '../../../src/base/roster.ts';

class Item implements Rostered {
  rosterSlot = -1;
  readonly name: number;

  constructor(name: number) {
    this.name = name;
  }
}

function items(count: number): Item[] {
  return Array.from({ length: count }, (_, name) => new Item(name));
}

function rosterOf(all: readonly Item[]): Roster<Item> {
  const roster = new Roster<Item>();
  for (const item of all) roster.add(item);
  return roster;
}

function names(of: Iterable<Item>): number[] {
  return [...of].map(({ name }) => name).toSorted((one, other) => one - other);
}

describe('Roster', () => {
  it('is empty at first', () => {
    const roster = new Roster<Item>();
    expect([roster.size, [...roster]]).toEqual([0, []]);
  });

  it('has everything that was added, once', () => {
    const all = items(5);
    const roster = rosterOf([...all, ...all]);
    expect([roster.size, names(roster)]).toEqual([5, [0, 1, 2, 3, 4]]);
  });

  it.each([0, 2, 4])('deletes number %d of five, and says so once', (number) => {
    const all = items(5);
    const roster = rosterOf(all);
    expect(roster.delete(all[number]!)).toBe(true);
    expect(all[number]?.rosterSlot).toBe(-1);
    expect(roster.delete(all[number]!)).toBe(false);
    expect([roster.size, names(roster)]).toEqual([4, [0, 1, 2, 3, 4].filter((name) => name !== number)]);
  });

  it('says that it deleted nothing where it has nothing', () => {
    expect(new Roster<Item>().delete(new Item(0))).toBe(false);
  });

  it('takes again what it gave away, also on another one', () => {
    const [item] = items(1) as [Item];
    const first = rosterOf([item]);
    first.delete(item);
    const second = rosterOf([item]);
    second.delete(item);
    first.add(item);
    expect([names(first), names(second)]).toEqual([[0], []]);
  });

  it('leaves out what is deleted during an iteration, and nothing else', () => {
    const all = items(6);
    const roster = rosterOf(all);
    const seen: Item[] = [];
    for (const item of roster) {
      seen.push(item);
      // Itself, one that was seen, and one that was not.
      if (seen.length === 2) for (const gone of [item, seen[0]!, last(all, seen)]) roster.delete(gone);
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
    expect(roster.size).toBe(3);
  });

  it('comes to an end where each item of an iteration adds another', () => {
    const roster = rosterOf(items(10));
    let count = 0;
    for (const { name } of roster) {
      count++;
      roster.add(new Item(name + 10));
    }
    expect([count, roster.size]).toEqual([10, 20]);
  });

  it('can be emptied by an iteration', () => {
    const roster = rosterOf(items(10));
    for (const item of roster) roster.delete(item);
    expect([roster.size, [...roster]]).toEqual([0, []]);
  });
});

function last(all: readonly Item[], seen: readonly Item[]): Item {
  return all.findLast((item) => !seen.includes(item))!;
}
