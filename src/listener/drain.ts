import { OptionReader } from '../base/options.ts';
import { readOrderer } from '../pool/orderer.ts';
import type { Server } from '../model/server.ts';
import type { Pool } from '../pool/pool.ts';
import type { Timer } from '../runtime/runtime.ts';
import type { CloseReason } from '../facts/service-events.ts';
import type { PathContext } from '../path/path-context.ts';

/** Which server is drained, when that is done, and what becomes of the server then. */
export interface DrainOptions {
  /** The server's name. */
  readonly server: string;
  /**
   * When to cut the sessions that are left, and to halt the server so that persistent clients do not come
   * back. Milliseconds, 0 to 2^31-1, or Infinity. Without it, a drain lasts as long as persistent clients
   * keep calling.
   */
  readonly deadlineMs?: number;
  /**
   * How long the server must have been without a session; each one that begins restarts the time. Milliseconds, 0 to
   * 2^31-1. With 0, the first moment without one will do.
   * @default 0
   */
  readonly quietForMs?: number;
  /**
   * What becomes of the server once it is empty: it stays in `drain`, where persistent clients still come, or it is
   * halted, so that nobody comes until it is taken `online`. `halt` is what maintenance wants.
   * @default 'drain'
   */
  readonly then?: 'drain' | 'halt';
  /** Who orders it, for events: 1 to 64 letters, digits and `@ . _ -`. @default 'program' */
  readonly by?: string;
}

/**
 * - `empty`: the last session ended by itself
 * - `deadline`: what was left was cut, and the server is halted
 * - `cancelled`: somebody gave another order meanwhile
 */
export type DrainOutcome = 'empty' | 'deadline' | 'cancelled';

/** Of two outcomes, that of the drain that did not end by itself. */
export function worseOutcome(a: DrainOutcome, b: DrainOutcome): DrainOutcome {
  return a === 'empty' || b === 'cancelled' ? b : a;
}

/** What a drain acts upon. */
export interface Draining {
  readonly pool: Pool;
  /** Undefined while the listener is stopped: there is nothing to wait for. */
  readonly context: PathContext | undefined;
  abort(reason: CloseReason, server: Server): number;
}

/**
 * Takes no new clients to a server and waits until its sessions are over, or cuts them at the deadline.
 *
 * @throws SluiceError `SLUICE_ERR_NOT_FOUND` for an unknown server
 * @throws OptionsError for a time out of range
 */
export async function drainServer(service: Draining, options: DrainOptions): Promise<DrainOutcome> {
  const reader = new OptionReader('drain', options);
  const name = reader.string('server');
  const terms: DrainTerms = {
    deadlineMs: reader.limit('deadlineMs', { min: 0, max: 2 ** 31 - 1, default: Infinity }),
    quietForMs: reader.integer('quietForMs', { min: 0, max: 2 ** 31 - 1, default: 0 }),
    then: reader.oneOf('then', ['drain', 'halt'], { default: 'drain' }),
    by: readOrderer(reader),
  };
  reader.finish();
  const { pool, context } = service;
  const server = pool.require(name);
  pool.setAdminState(name, 'drain', terms.by);
  if (context !== undefined) return new Drain(service, context, server, terms).run();
  pool.setAdminState(name, terms.then, terms.by);
  return 'empty';
}

type DrainTerms = Required<Omit<DrainOptions, 'server'>>;

/** One drain under way, from the order to its outcome. */
class Drain {
  readonly #service: Draining;
  readonly #context: PathContext;
  readonly #server: Server;
  readonly #terms: DrainTerms;
  /** The last order that this drain gave; another one in force was somebody else's. */
  #order: 'drain' | 'halt' = 'drain';
  #isCut = false;
  #aborted = 0;

  constructor(service: Draining, context: PathContext, server: Server, terms: DrainTerms) {
    this.#service = service;
    this.#context = context;
    this.#server = server;
    this.#terms = terms;
  }

  async run(): Promise<DrainOutcome> {
    const { deadlineMs, quietForMs, then } = this.#terms;
    using _deadline = deadlineMs === Infinity ? undefined : this.#schedule(deadlineMs, () => this.#cut());
    await this.#untilQuiet(quietForMs);
    if (this.#isUnderWay && then === 'halt') {
      this.#give('halt');
      // A follower that has not heard of it yet may have let somebody in.
      await this.#untilQuiet(0);
    }
    if (this.#server.adminState !== this.#order) return 'cancelled';
    const outcome = this.#isCut ? 'deadline' : 'empty';
    this.#publish(outcome);
    return outcome;
  }

  /** Neither cut nor cancelled. */
  get #isUnderWay(): boolean {
    return !this.#isCut && this.#server.adminState === this.#order;
  }

  /** Until the server has had no session for so long, or the drain is over. */
  async #untilQuiet(quietForMs: number): Promise<void> {
    const { pool } = this.#service;
    const inForce = pool.inForce();
    // Until then a follower that has not heard of the order may still give the server a session.
    if (inForce !== undefined) await inForce;
    do {
      while (this.#server.sessions > 0 && this.#isUnderWay) await pool.settled(this.#server);
    } while (this.#isUnderWay && quietForMs > 0 && !(await this.#staysQuiet(quietForMs)));
  }

  /** @returns false as soon as a session came and went, and at the end of the time where one came */
  async #staysQuiet(forMs: number): Promise<boolean> {
    const { sessionsTotal } = this.#server;
    const isOver = await new Promise<boolean>((resolve) => {
      const timer = this.#schedule(forMs, () => resolve(true));
      void this.#service.pool.settled(this.#server).then(() => {
        timer.cancel();
        resolve(false);
      });
    });
    return isOver && this.#server.sessions === 0 && this.#server.sessionsTotal === sessionsTotal;
  }

  #cut(): void {
    if (!this.#isUnderWay) return;
    this.#isCut = true;
    this.#give('halt');
    this.#aborted = this.#service.abort('drain-deadline', this.#server);
  }

  #give(order: 'halt'): void {
    this.#order = order;
    this.#service.pool.setAdminState(this.#server.name, order, this.#terms.by);
  }

  #schedule(delayMs: number, callback: () => void): Timer {
    return this.#context.runtime.clock.schedule(delayMs, callback);
  }

  #publish(reason: 'empty' | 'deadline'): void {
    const { service, facts, runtime } = this.#context;
    const server = this.#server.name;
    const clients = this.#service.pool.returningTo(this.#server);
    const atMs = runtime.clock.wallMs();
    facts.publish('drainFinished', { service, server, reason, aborted: this.#aborted, clients, atMs });
  }
}
