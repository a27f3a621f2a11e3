/** UDP flows take one part in so many of the descriptors for clients at most: the rest is for connections. */
const mostPart = 2;
/** One part in so many is kept for flows where there is a UDP service. */
const leastPart = 16;
/** Flows leave one part in so many of this machine's source ports to other programs. */
const foreignPortsPart = 8;

/**
 * How many UDP flows there may be in one thread, of all services together: half of the descriptors for clients, but
 * no more than there are source ports. Counts a flow from the moment it is admitted: its socket is opened later.
 * Arithmetic only.
 */
export class FlowBudget {
  readonly #most: number;
  readonly #least: number;
  /** Threads that have flows: each keeps to its part. */
  #threads = 1;
  /** Bound UDP ports, whose clients begin flows. */
  #services = 0;
  #count = 0;
  #unopened = 0;

  /**
   * @param descriptors of the process, for clients; `Infinity` where that is not known
   * @param sourcePorts of this machine; `Infinity` likewise
   */
  constructor(descriptors: number, sourcePorts: number) {
    this.#most = Math.min(descriptors / mostPart, sourcePorts * (1 - 1 / foreignPortsPart));
    this.#least = Math.min(descriptors / leastPart, this.#most);
  }

  /** Most flows of this thread. */
  get limit(): number {
    return Math.floor(this.#most / this.#threads);
  }

  /** Descriptors that are taken by admitted flows, though they are not open yet. */
  get unopened(): number {
    return this.#unopened;
  }

  /** Descriptors that only flows may take. */
  get kept(): number {
    if (this.#services === 0 || this.#least === Infinity) return 0;
    return Math.max(0, Math.floor(this.#least / this.#threads) - this.#count);
  }

  get isFull(): boolean {
    return this.#count >= this.limit;
  }

  /** From now on, so many threads have flows, this one included. */
  divide(threads: number): void {
    this.#threads = threads;
  }

  addPort(): void {
    this.#services += 1;
  }

  removePort(): void {
    this.#services -= 1;
  }

  /** A flow is admitted. */
  begin(): void {
    this.#count += 1;
    this.#unopened += 1;
  }

  /** Its descriptor is open and counts like any other, or never opens. */
  settle(): void {
    this.#unopened -= 1;
  }

  /** It is over. */
  end(): void {
    this.#count -= 1;
  }
}
