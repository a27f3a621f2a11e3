import { grown } from './grown.ts';
import { Rings } from './rings.ts';

/** Sources are told apart by so many groups, as Linux does for fair queueing (sch_sfq, `divisor`). */
export const sourceGroups = 1024;

const nothing = -1;

/**
 * Slots by the group of their source. The group with the most comes first, and in it the slot that waits longest. Its
 * size goes by the slots, however many sources there are: a source shares its group with those of the same hash, and
 * nobody can choose to do so without the hash's secret. Pure.
 */
export class NoisiestFirst {
  /** The group of each slot; -1 for those that are not here. */
  #groups: Int16Array;
  readonly #counts = new Int32Array(sourceGroups);
  /** The slots of each group, the longest waiting first. */
  readonly #slots: Rings;
  /** The groups by how many slots they have. */
  readonly #peers: Rings;
  /** The most that any group has. */
  #most = 0;
  #size = 0;

  constructor(slots: number) {
    this.#groups = new Int16Array(slots).fill(nothing);
    this.#slots = new Rings(slots, sourceGroups, 'items');
    this.#peers = new Rings(sourceGroups, slots + 1, 'lists');
  }

  /** Makes room for more slots. */
  growTo(slots: number): void {
    const before = this.#groups.length;
    this.#groups = grown(this.#groups, slots).fill(nothing, before);
    this.#slots.growTo(slots);
    this.#peers.growTo(slots + 1);
  }

  get size(): number {
    return this.#size;
  }

  /** @param sourceHash any number; the same for all of one source */
  add(slot: number, sourceHash: number): void {
    const group = sourceHash & (sourceGroups - 1);
    const count = (this.#counts[group] ?? 0) + 1;
    this.#groups[slot] = group;
    this.#slots.add(group, slot);
    if (count > 1) this.#peers.remove(group);
    this.#recount(group, count);
    this.#most = Math.max(this.#most, count);
    this.#size += 1;
  }

  /** Does nothing for a slot that is not here. */
  remove(slot: number): void {
    const group = this.#groups[slot] ?? nothing;
    if (group === nothing) return;
    const count = (this.#counts[group] ?? 0) - 1;
    this.#groups[slot] = nothing;
    this.#slots.remove(slot);
    this.#peers.remove(group);
    this.#recount(group, count);
    // The group itself now has as many as any.
    if (this.#peers.first(this.#most) < 0) this.#most = count;
    this.#size -= 1;
  }

  /** Makes a slot that is here the latest of its group, and the group the latest of those with as many. Hot path. */
  touch(slot: number): void {
    const group = this.#groups[slot] ?? nothing;
    this.#slots.remove(slot);
    this.#slots.add(group, slot);
    this.#peers.remove(group);
    this.#peers.add(this.#counts[group] ?? 0, group);
  }

  /** @returns -1 where there is none */
  first(): number {
    return this.#size === 0 ? nothing : this.#slots.first(this.#peers.first(this.#most));
  }

  #recount(group: number, count: number): void {
    this.#counts[group] = count;
    if (count > 0) this.#peers.add(count, group);
  }
}
