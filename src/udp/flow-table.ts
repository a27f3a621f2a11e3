import type { IpAddress } from '../model/address.ts';
import { FlowKeys } from './flow-keys.ts';
import { grown } from './grown.ts';
import { IdleOrder } from './idle-order.ts';
import { NoisiestFirst } from './noisiest-first.ts';
import type { ResolvedUdpOptions } from './udp-options.ts';

/** What the table needs of a flow: a place for the number under which it is kept. */
export interface Tabled {
  /** The table's own; -1 while in no table. */
  slot: number;
}

const nothing = -1;
/** Places at the beginning: some 80 KiB, where a table for all flows that are allowed takes 5.5 MB. */
const firstSlots = 1024;

/** Unanswered flows may be one part in so many of all before they have to go first. */
const newcomersPart = 16;

/**
 * The flows of a UDP service by who asks at which address, and in the order they have to go. Pure: time is an
 * argument. Flat typed arrays, which double until they have room for the most flows that are allowed.
 */
export class FlowTable<Flow extends Tabled> {
  readonly #maxFlows: number;
  readonly #flows: (Flow | undefined)[] = [];
  readonly #keys: FlowKeys;
  /** How many there is room for now. */
  #slots: number;
  /** The first slot of each bucket; a power of two of them. */
  #buckets: Int32Array;
  /** The next slot of the same bucket; of a free slot, the next free one. */
  #chained: Int32Array;
  /** The hash of each slot's keys, whose last bits are its bucket. */
  #hashes: Int32Array;
  readonly #order: IdleOrder;
  /** Those never answered. */
  readonly #newcomers: NoisiestFirst;
  #free = nothing;
  #size = 0;

  /**
   * @param seed 0 to 2^53-1; keeps buckets unpredictable for an attacker who chooses addresses and ports
   * @param slots how many there is room for at the beginning, at least 1
   */
  constructor(limits: ResolvedUdpOptions, seed: number, slots = firstSlots) {
    const { maxFlows, unrepliedTimeoutMs, idleTimeoutMs } = limits;
    this.#maxFlows = maxFlows;
    this.#slots = Math.min(slots, maxFlows);
    this.#keys = new FlowKeys(this.#slots, seed);
    this.#buckets = bucketsFor(this.#slots);
    this.#chained = new Int32Array(this.#slots);
    this.#hashes = new Int32Array(this.#slots);
    this.#order = new IdleOrder(this.#slots, unrepliedTimeoutMs, idleTimeoutMs);
    this.#newcomers = new NoisiestFirst(this.#slots);
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size >= this.#maxFlows;
  }

  /** How many unanswered flows there are beyond what newcomers need; 0 or less where those have room. */
  get surplus(): number {
    return this.#newcomers.size - this.#size / newcomersPart;
  }

  /** The flow of a client that asks at a local address. Hot path. */
  find(client: IpAddress, port: number, local: IpAddress): Flow | undefined {
    const keys = this.#keys;
    let slot = this.#head(this.#bucketOf(keys.hash(client, port, local)));
    while (slot !== nothing && !keys.isAt(slot, client, port, local)) slot = this.#next(slot);
    return this.#flowAt(slot);
  }

  /** Adds the flow of a client that has none there, as one never answered. The table must not be full. */
  insert(client: IpAddress, port: number, local: IpAddress, flow: Flow, nowMs: number): void {
    const slot = this.#takeSlot();
    const keys = this.#keys;
    keys.set(slot, client, port, local);
    this.#flows[slot] = flow;
    flow.slot = slot;
    this.#hashes[slot] = keys.hash(client, port, local);
    this.#chain(slot);
    this.#order.add(slot, false, nowMs);
    this.#newcomers.add(slot, keys.sourceHash(client));
  }

  /** The flow was active just now; once answered, it stays so. Hot path. */
  touch({ slot }: Flow, isReplied: boolean, nowMs: number): void {
    this.#order.remove(slot);
    this.#order.add(slot, isReplied, nowMs);
    if (isReplied) this.#newcomers.remove(slot);
    else this.#newcomers.touch(slot);
  }

  remove(flow: Flow): void {
    const { slot } = flow;
    this.#unchain(slot);
    this.#order.remove(slot);
    this.#newcomers.remove(slot);
    this.#flows[slot] = undefined;
    flow.slot = nothing;
    this.#chained[slot] = this.#free;
    this.#free = slot;
    this.#size -= 1;
  }

  /**
   * Which flow makes room. While there are more unanswered flows than newcomers need, the longest waiting one of the
   * source with the most; else the longest silent of the answered ones. So an unanswered flood makes room for others,
   * and while a flood is answered, a newcomer has time to be answered as well.
   */
  firstToGo(): Flow | undefined {
    const replied = this.#order.firstReplied();
    return this.#flowAt(this.surplus > 0 || replied === nothing ? this.#newcomers.first() : replied);
  }

  /** A flow whose time is over, if there is one. */
  overdue(nowMs: number): Flow | undefined {
    return this.#flowAt(this.#order.overdue(nowMs));
  }

  /** When the next flow's time will be over, if all stay silent; `Infinity` where there is none. */
  nextDeadlineMs(): number {
    return this.#order.nextDeadlineMs();
  }

  /** All flows now, as a list of its own: flows may be removed while it is read. */
  flows(): readonly Flow[] {
    return this.#flows.filter((flow) => flow !== undefined);
  }

  #flowAt(slot: number): Flow | undefined {
    return slot === nothing ? undefined : this.#flows[slot];
  }

  #takeSlot(): number {
    if (this.#size === this.#slots) this.#grow();
    const slot = this.#free === nothing ? this.#size : this.#free;
    if (slot === this.#free) this.#free = this.#next(slot);
    this.#size += 1;
    return slot;
  }

  /** Every place is taken. Takes some 2 ms for 65,536. */
  #grow(): void {
    this.#slots = Math.min(2 * this.#slots, this.#maxFlows);
    this.#keys.growTo(this.#slots);
    this.#order.growTo(this.#slots);
    this.#newcomers.growTo(this.#slots);
    this.#chained = grown(this.#chained, this.#slots);
    this.#hashes = grown(this.#hashes, this.#slots);
    this.#buckets = bucketsFor(this.#slots);
    for (let slot = 0; slot < this.#size; slot++) this.#chain(slot);
  }

  #chain(slot: number): void {
    const bucket = this.#bucketOf(this.#hashes[slot] ?? 0);
    this.#chained[slot] = this.#head(bucket);
    this.#buckets[bucket] = slot;
  }

  #unchain(slot: number): void {
    const bucket = this.#bucketOf(this.#hashes[slot] ?? 0);
    let before = this.#head(bucket);
    if (before === slot) {
      this.#buckets[bucket] = this.#next(slot);
      return;
    }
    for (let next = this.#next(before); next !== slot; next = this.#next(before)) before = next;
    this.#chained[before] = this.#next(slot);
  }

  #bucketOf(hash: number): number {
    return hash & (this.#buckets.length - 1);
  }

  #head(bucket: number): number {
    return this.#buckets[bucket] ?? nothing;
  }

  #next(slot: number): number {
    return this.#chained[slot] ?? nothing;
  }
}

/** Empty ones. */
function bucketsFor(slots: number): Int32Array {
  return new Int32Array(2 ** Math.ceil(Math.log2(slots))).fill(nothing);
}
