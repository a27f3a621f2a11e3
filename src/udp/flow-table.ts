import type { IpAddress } from '../model/address.ts';
import { hashWords } from '../persistence/half-sip-hash.ts';
import { IdleOrder } from './idle-order.ts';
import type { ResolvedUdpOptions } from './udp-options.ts';

/** What the table needs of a flow: a place for the number under which it is kept. */
export interface Tabled {
  /** The table's own; -1 while in no table. */
  slot: number;
}

const nothing = -1;

/**
 * The flows of a UDP service by client address and port, and in the order in which they have to go. Pure: time
 * is an argument. Of constant size, whoever sends what: flat typed arrays that are made once.
 */
export class FlowTable<Flow extends Tabled> {
  readonly #maxFlows: number;
  readonly #key0: number;
  readonly #key1: number;
  readonly #flows: (Flow | undefined)[] = [];
  readonly #words: Uint32Array;
  readonly #ports: Uint16Array;
  /** The first slot of each bucket. */
  readonly #buckets: Int32Array;
  /** The next slot of the same bucket; of a free slot, the next free one. */
  readonly #chained: Int32Array;
  readonly #order: IdleOrder;
  #free = nothing;
  #size = 0;

  /** @param seed 0 to 2^53-1; makes buckets unpredictable for whoever chooses addresses and ports */
  constructor(limits: ResolvedUdpOptions, seed: number) {
    const { maxFlows } = limits;
    this.#maxFlows = maxFlows;
    this.#key0 = seed | 0;
    this.#key1 = Math.floor(seed / 2 ** 32);
    this.#words = new Uint32Array(4 * maxFlows);
    this.#ports = new Uint16Array(maxFlows);
    this.#buckets = new Int32Array(2 ** Math.ceil(Math.log2(maxFlows))).fill(nothing);
    this.#chained = new Int32Array(maxFlows);
    this.#order = new IdleOrder(maxFlows, limits.unrepliedTimeoutMs, limits.idleTimeoutMs);
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size >= this.#maxFlows;
  }

  /** The flow of a client. Hot path. */
  find(address: IpAddress, port: number): Flow | undefined {
    let slot = this.#head(this.#bucket(address.w0, address.w1, address.w2, address.w3, port));
    while (slot !== nothing && !this.#isAt(slot, address, port)) slot = this.#next(slot);
    return this.#flowAt(slot);
  }

  /** Adds the flow of a client that has none, as one never answered. The table must not be full. */
  insert(address: IpAddress, port: number, flow: Flow, nowMs: number): void {
    const slot = this.#takeSlot();
    this.#words[4 * slot] = address.w0;
    this.#words[4 * slot + 1] = address.w1;
    this.#words[4 * slot + 2] = address.w2;
    this.#words[4 * slot + 3] = address.w3;
    this.#ports[slot] = port;
    this.#flows[slot] = flow;
    flow.slot = slot;
    const bucket = this.#bucketOf(slot);
    this.#chained[slot] = this.#head(bucket);
    this.#buckets[bucket] = slot;
    this.#order.add(slot, false, nowMs);
  }

  /** The flow was active just now. Hot path. */
  touch(flow: Flow, isReplied: boolean, nowMs: number): void {
    this.#order.remove(flow.slot);
    this.#order.add(flow.slot, isReplied, nowMs);
  }

  remove(flow: Flow): void {
    const { slot } = flow;
    this.#unchain(slot);
    this.#order.remove(slot);
    this.#flows[slot] = undefined;
    flow.slot = nothing;
    this.#chained[slot] = this.#free;
    this.#free = slot;
    this.#size -= 1;
  }

  /** Which flow makes room when the table is full: the longest silent, of those never answered first. */
  firstToGo(): Flow | undefined {
    return this.#flowAt(this.#order.firstToGo());
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

  #isAt(slot: number, address: IpAddress, port: number): boolean {
    return (
      this.#ports[slot] === port &&
      this.#words[4 * slot + 3] === address.w3 &&
      this.#words[4 * slot + 2] === address.w2 &&
      this.#words[4 * slot + 1] === address.w1 &&
      this.#words[4 * slot] === address.w0
    );
  }

  #unchain(slot: number): void {
    const bucket = this.#bucketOf(slot);
    let before = this.#head(bucket);
    if (before === slot) {
      this.#buckets[bucket] = this.#next(slot);
      return;
    }
    for (let next = this.#next(before); next !== slot; next = this.#next(before)) before = next;
    this.#chained[before] = this.#next(slot);
  }

  #bucketOf(slot: number): number {
    const words = this.#words;
    return this.#bucket(
      words[4 * slot] ?? 0,
      words[4 * slot + 1] ?? 0,
      words[4 * slot + 2] ?? 0,
      words[4 * slot + 3] ?? 0,
      this.#ports[slot] ?? 0,
    );
  }

  /** The port goes into the key: a client that may choose all four words cannot undo it. */
  #bucket(w0: number, w1: number, w2: number, w3: number, port: number): number {
    return hashWords(w0, w1, w2, w3, this.#key0 ^ port, this.#key1) & (this.#buckets.length - 1);
  }

  #head(bucket: number): number {
    return this.#buckets[bucket] ?? nothing;
  }

  #next(slot: number): number {
    return this.#chained[slot] ?? nothing;
  }
}
