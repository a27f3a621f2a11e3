import type { IpAddress } from '../model/address.ts';
import { FlowKeys } from './flow-keys.ts';
import { IdleOrder } from './idle-order.ts';
import { NoisiestFirst } from './noisiest-first.ts';
import type { ResolvedUdpOptions } from './udp-options.ts';

/** What the table needs of a flow: a place for the number under which it is kept. */
export interface Tabled {
  /** The table's own; -1 while in no table. */
  slot: number;
}

const nothing = -1;

/** Unanswered flows may be one part in so many of all before they have to go first. */
const newcomersPart = 16;

/**
 * The flows of a UDP service by who asks at which address, and in the order they have to go. Pure: time is an
 * argument. Of constant size, whatever is sent: flat typed arrays that are made once.
 */
export class FlowTable<Flow extends Tabled> {
  readonly #maxFlows: number;
  readonly #flows: (Flow | undefined)[] = [];
  readonly #keys: FlowKeys;
  /** The first slot of each bucket. */
  readonly #buckets: Int32Array;
  /** The next slot of the same bucket; of a free slot, the next free one. */
  readonly #chained: Int32Array;
  /** The bucket of each slot. */
  readonly #bucketOf: Int32Array;
  readonly #order: IdleOrder;
  /** Those never answered. */
  readonly #newcomers: NoisiestFirst;
  #free = nothing;
  #size = 0;

  /** @param seed 0 to 2^53-1; keeps buckets unpredictable for an attacker who chooses addresses and ports */
  constructor(limits: ResolvedUdpOptions, seed: number) {
    const { maxFlows } = limits;
    this.#maxFlows = maxFlows;
    this.#keys = new FlowKeys(maxFlows, seed);
    this.#buckets = new Int32Array(2 ** Math.ceil(Math.log2(maxFlows))).fill(nothing);
    this.#chained = new Int32Array(maxFlows);
    this.#bucketOf = new Int32Array(maxFlows);
    this.#order = new IdleOrder(maxFlows, limits.unrepliedTimeoutMs, limits.idleTimeoutMs);
    this.#newcomers = new NoisiestFirst(maxFlows);
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
    let slot = this.#head(keys.hash(client, port, local) & (this.#buckets.length - 1));
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
    const bucket = keys.hash(client, port, local) & (this.#buckets.length - 1);
    this.#bucketOf[slot] = bucket;
    this.#chained[slot] = this.#head(bucket);
    this.#buckets[bucket] = slot;
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
    const slot = this.#free === nothing ? this.#size : this.#free;
    if (slot === this.#free) this.#free = this.#next(slot);
    this.#size += 1;
    return slot;
  }

  #unchain(slot: number): void {
    const bucket = this.#bucketOf[slot] ?? 0;
    let before = this.#head(bucket);
    if (before === slot) {
      this.#buckets[bucket] = this.#next(slot);
      return;
    }
    for (let next = this.#next(before); next !== slot; next = this.#next(before)) before = next;
    this.#chained[before] = this.#next(slot);
  }

  #head(bucket: number): number {
    return this.#buckets[bucket] ?? nothing;
  }

  #next(slot: number): number {
    return this.#chained[slot] ?? nothing;
  }
}
