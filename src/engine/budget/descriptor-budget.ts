import { FlowBudget } from './flow-budget.ts';

/** What a descriptor is for: a client, a connection to a server, or anything else that an engine opens. */
export type DescriptorUse = 'accepted' | 'outgoing' | 'other';

/** What clients never get: one part in so many of the limit, but at least so many descriptors. */
const reservePart = 20;
const smallestReserve = 64;

/** People are told of room again once one part in so many is free. */
const relaxedPart = 10;

/**
 * How many clients the descriptors of this process can serve. Arithmetic only.
 *
 * Each accepted client is promised a descriptor to a server. The rest of the limit, less a reserve, may go to new
 * clients, to their pipes and, within their own budget, to UDP flows. Connections of accepted sessions, checks and
 * the rest of the program may use the reserve. It is 5 % of the limit, and 64 at least, but never more than half of
 * the limit. That is enough for the checks of some ten services at once, name lookups and administration.
 */
export class DescriptorBudget {
  /** The most that the process may have open; `Infinity` where that is not known. */
  readonly limit: number;
  readonly reserve: number;
  /** For the UDP flows of all services and engines of this thread. */
  readonly flows: FlowBudget;
  /** Descriptors of the process outside of this budget, as far as is known. */
  #foreign = 0;
  /** Clients that are connected, but not served yet and promised nothing. */
  #waiting = 0;
  readonly #open: Record<DescriptorUse, number> = { accepted: 0, outgoing: 0, other: 0 };
  readonly #waiters = new Set<() => void>();

  /** @param sourcePorts of this machine; `Infinity` where that is not known */
  constructor(limit: number, sourcePorts = Infinity) {
    this.limit = limit;
    this.reserve = limit === Infinity ? 0 : reserveOf(limit);
    this.flows = new FlowBudget(limit - this.reserve, sourcePorts);
  }

  /** Descriptors for clients, taken or not. */
  get capacity(): number {
    return Math.max(0, this.limit - this.reserve - this.#foreign);
  }

  /** How many connected clients may wait where an engine cannot leave them in the backlog. */
  get waitingRoom(): number {
    return Math.floor(this.capacity / 3);
  }

  /**
   * Whether there are descriptors for a client's connection, besides those kept for flows.
   *
   * @param waitingRoom descriptors to be kept for clients that wait
   */
  hasRoom(waitingRoom = 0): boolean {
    return this.#leftBeside(waitingRoom) - this.flows.kept >= 2;
  }

  /** Whether there is a descriptor for one more UDP flow. */
  hasFlowRoom(): boolean {
    return !this.flows.isFull && this.#leftBeside(0) >= 2;
  }

  /** Whether one more client may wait. */
  get hasWaitingRoom(): boolean {
    return this.#waiting < this.waitingRoom;
  }

  /** A good part is free. */
  isRelaxed(waitingRoom = 0): boolean {
    return this.#leftBeside(waitingRoom) - this.flows.kept >= this.capacity / relaxedPart;
  }

  take(use: DescriptorUse, count = 1): void {
    this.#open[use] += count;
  }

  giveBack(use: DescriptorUse, count = 1): void {
    this.#open[use] -= count;
    for (const waiter of this.#waiters) waiter();
  }

  beginWaiting(): void {
    this.#waiting += 1;
  }

  endWaiting(): void {
    this.#waiting -= 1;
  }

  /** Calls the waiter whenever something was given back, until it is removed. */
  addWaiter(waiter: () => void): void {
    this.#waiters.add(waiter);
  }

  removeWaiter(waiter: () => void): void {
    this.#waiters.delete(waiter);
  }

  /** The process has so many descriptors open. */
  measure(count: number): void {
    this.#foreign = Math.max(0, count - this.#own);
  }

  /**
   * A descriptor that is counted already was given that number. The system gives the lowest free one, so all below
   * are taken.
   */
  observe(descriptor: number): void {
    this.#foreign = Math.max(this.#foreign, descriptor + 1 - this.#own);
  }

  get #own(): number {
    const { accepted, outgoing, other } = this.#open;
    return accepted + outgoing + other;
  }

  #leftBeside(waitingRoom: number): number {
    const { accepted, outgoing, other } = this.#open;
    const promised = Math.max(accepted - this.#waiting, outgoing);
    const unopened = this.flows.unopened + Math.max(0, waitingRoom - this.#waiting);
    return this.capacity - accepted - promised - other - unopened;
  }
}

function reserveOf(limit: number): number {
  return Math.max(Math.floor(limit / reservePart), Math.min(smallestReserve, Math.floor(limit / 2)));
}
