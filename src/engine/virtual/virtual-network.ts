import { IpAddress } from '../../model/address.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { DescriptorBudget } from '../budget/descriptor-budget.ts';
import type { Engine } from '../engine.ts';
import { Medium, type NetworkConditions } from './medium.ts';
import { VirtualContext } from './virtual-context.ts';
import { VirtualEngine } from './virtual-engine.ts';
import { VirtualHost } from './virtual-host.ts';
import type { VirtualName } from './virtual-names.ts';

/** What a {@link VirtualNetwork} may be given. All except the first three may be changed later. */
export interface VirtualNetworkOptions extends Partial<NetworkConditions> {
  /** Decides every order, size and delay that is not given: an integer. @default 1 */
  readonly seed?: number;
  /** @default a new one */
  readonly clock?: VirtualClock;
  /** Is told everything that happens, a line for each call of a handler. The same seed gives the same lines. */
  readonly trace?: (line: string) => void;
}

/** What an engine of a {@link VirtualNetwork} may be given. */
export interface VirtualEngineOptions {
  /** What the engine, and so its owner, knows of the world. @default the network's clock and random numbers, no log */
  readonly runtime?: Runtime;
  /** How many connections and UDP ports it may have open, as a process by `ulimit -n`. @default Infinity */
  readonly descriptors?: number;
  /** @internal Instead of `descriptors`, for tests of the limit itself. */
  readonly budget?: DescriptorBudget;
}

const defaults: NetworkConditions = {
  reads: 'split',
  delayMs: 0,
  lookUpMs: 0,
  datagramLoss: 0,
  sendBufferBytes: 65_536,
  receiveBufferBytes: 65_536,
  // As Linux does by default.
  datagramBufferBytes: 212_992,
};

/** After so many things in one call, something goes round for ever. */
const mostSteps = 20_000_000;

/**
 * A network in memory, on a clock that stands still: for tests that quickly try many orders of events, delays and
 * cuts of what is read, the same each time for the same seed.
 *
 * Each host has an engine of its own, for the code under test and for the clients and servers of the test alike.
 * Nothing happens until the network is told to run: by `pump` and `pass` at once, for speed; by `run`, `advance` and
 * `until` with promises settled after each thing that happens. An owner that keeps bytes beyond a call, or writes
 * beside them, makes these throw.
 *
 * ```ts
 * const network = new VirtualNetwork({ seed: 7, reads: 'split' });
 * const [left, right] = [network.engine(network.host('192.0.2.1')), network.engine(network.host('192.0.2.2'))];
 * const { port } = await right.listen({ host: '192.0.2.2', port: 0 }, acceptor);
 * left.connect({ host: '192.0.2.2', port }, handler);
 * network.pump();
 * ```
 */
export class VirtualNetwork {
  readonly seed: number;
  readonly clock: VirtualClock;
  /** Delays, sizes and losses. */
  readonly conditions: NetworkConditions;
  /**
   * The addresses of host names, in the order in which they are tried. `localhost` is there from the start. Lookups
   * are promises: a connect to a name waits until they are settled, so it never gets on within `pump` or `pass`.
   */
  readonly names = new Map<string, VirtualName>([['localhost', ['127.0.0.1', '::1']]]);
  readonly #medium: Medium;
  readonly #hosts: VirtualHost[] = [];

  constructor(options: VirtualNetworkOptions = {}) {
    const { seed = 1, clock = new VirtualClock(), trace } = options;
    this.seed = seed;
    this.clock = clock;
    this.conditions = {
      reads: options.reads ?? defaults.reads,
      delayMs: options.delayMs ?? defaults.delayMs,
      lookUpMs: options.lookUpMs ?? defaults.lookUpMs,
      datagramLoss: options.datagramLoss ?? defaults.datagramLoss,
      sendBufferBytes: options.sendBufferBytes ?? defaults.sendBufferBytes,
      receiveBufferBytes: options.receiveBufferBytes ?? defaults.receiveBufferBytes,
      datagramBufferBytes: options.datagramBufferBytes ?? defaults.datagramBufferBytes,
    };
    this.#medium = new Medium(seed, clock, seededRandom(seed), this.conditions, trace);
  }

  /** What the engines take where they are given no other: time and chance of this network, and no log. */
  get runtime(): Runtime {
    return { clock: this.clock, random: this.random, log: () => undefined };
  }

  /** The next random number of the seed, from 0 (inclusive) to 1 (exclusive). */
  readonly random = (): number => this.#medium.agenda.random();

  /** A delay that differs for each packet, evenly spread, in milliseconds. */
  between(leastMs: number, mostMs: number): () => number {
    return () => leastMs + this.random() * (mostMs - leastMs);
  }

  /** Adds a host. @throws TypeError where one of the addresses is none */
  host(...addresses: readonly string[]): VirtualHost {
    const parsed = addresses.map((text) => {
      const address = IpAddress.parse(text);
      if (address === undefined) throw new TypeError(`'${text}' is not an IP address`);
      return address;
    });
    const host = new VirtualHost(parsed, this.random());
    this.#hosts.push(host);
    return host;
  }

  /** An engine on a host. A host may have several; they share its ports. */
  engine(host: VirtualHost, options: VirtualEngineOptions = {}): Engine {
    const { runtime = this.runtime, descriptors = Infinity } = options;
    const { budget = new DescriptorBudget(descriptors) } = options;
    return new VirtualEngine(new VirtualContext(runtime, budget, this.#medium, host, this));
  }

  /** @internal */
  hostOf(address: IpAddress, from: VirtualHost): VirtualHost | undefined {
    return from.has(address) ? from : this.#hosts.find((host) => host.owns(address));
  }

  /** Nothing is ready to happen and nothing is on its way. Timers may be armed. */
  get isQuiet(): boolean {
    return this.#medium.agenda.isQuiet;
  }

  /**
   * Makes one thing happen, and lets time pass up to it if need be: a call of a handler, a packet that arrives, or a
   * timer.
   *
   * @returns false where nothing is left
   * @throws Error where an owner did what it must not
   */
  step(endMs = Infinity): boolean {
    const hasStepped = this.#medium.agenda.step(endMs);
    if (this.#medium.fault !== undefined) throw this.#failure(this.#medium.fault.message, this.#medium.fault);
    return hasStepped;
  }

  /** Runs until nothing is ready or on its way, or `isDone` says so. Timers fire only on the way to a packet. */
  pump(isDone: () => boolean = () => this.isQuiet): void {
    for (let steps = 0; !isDone(); steps++) {
      if (steps >= mostSteps) throw this.#failure(`traffic does not end within ${mostSteps} events`);
      if (!this.step()) return;
    }
  }

  /** Lets so much time pass, with all that happens in it. */
  pass(ms: number): void {
    const endMs = this.clock.nowMs() + ms;
    for (let steps = 0; this.step(endMs); steps++)
      if (steps >= mostSteps) throw this.#failure(`traffic does not end within ${mostSteps} events`);
    this.clock.passTo(endMs);
  }

  /** As {@link pump}, with promises settled after each thing that happens. */
  async run(): Promise<void> {
    await settled();
    while (!this.isQuiet && this.step()) await settled();
  }

  /** As {@link pass}, with promises settled after each thing that happens. */
  async advance(ms: number): Promise<void> {
    const endMs = this.clock.nowMs() + ms;
    await settled();
    while (this.step(endMs)) await settled();
    this.clock.passTo(endMs);
  }

  /**
   * Runs, and lets time pass, until the promise has settled or the condition holds.
   *
   * @returns what the promise resolves to
   * @throws Error where that will not be: nothing is left to happen, or an hour has passed
   */
  async until<T>(goal: Promise<T> | (() => boolean)): Promise<T | undefined> {
    let isReached = false;
    const reached = (): void => {
      isReached = true;
    };
    if (typeof goal !== 'function') goal.then(reached, reached);
    const endMs = this.clock.nowMs() + 3_600_000;
    await settled();
    while (typeof goal === 'function' ? !goal() : !isReached) {
      if (!this.step(endMs))
        throw this.#failure('the goal was not reached: no event is left, or an hour has passed');
      await settled();
    }
    return typeof goal === 'function' ? undefined : goal;
  }

  #failure(what: string, cause?: Error): Error {
    return new Error(`virtual network with seed ${this.seed}: ${what}`, { cause });
  }
}

/** Lets every promise reaction that is due run. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
