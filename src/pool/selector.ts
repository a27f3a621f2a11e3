// Over 250 lines because the order of a choice is told in one place.
import type { ErrorSide } from '../base/errors.ts';
import type { FactEmitter } from '../facts/fact-emitter.ts';
import type { Client } from '../model/client.ts';
import type { DecisionReason } from '../model/decision.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import { admitsPersistentClients, availability } from '../model/availability.ts';
import type { Server } from '../model/server.ts';
import type { Now, Persistence, PersistenceStrategy } from '../persistence/persistence.ts';
import type { Clock } from '../runtime/runtime.ts';
import type { ServiceEvents } from '../facts/service-events.ts';
import { EntryRenewal, type Holder } from './entry-renewal.ts';
import { Lease } from './lease.ts';
import type { Pool } from './pool.ts';

/**
 * - `selected`: the lease holds a server
 * - `wait`: a suitable server exists but is full
 * - `none`: no server is available
 */
export type Selection = 'selected' | 'wait' | 'none';

/** What an explanation says: where the next new session of a client would go now, and why. */
export interface Explanation {
  /**
   * The server's name. With `wait`, the one that the client waits for, undefined for any. Undefined also where none
   * is available, and where balancing cannot tell beforehand.
   */
  readonly server: string | undefined;
  /** As in a decision record; `wait`: every suitable server is full, and the client would wait. */
  readonly reason: DecisionReason | 'wait';
  /**
   * Set where balancing would choose but cannot tell which server. For an own policy without `peek`, no server is
   * named. Where several pools have a rotation each, one of them may choose the server that is named.
   */
  readonly isUncertain?: true;
}

/**
 * How many times a choice starts at most. It starts again where somebody elsewhere was faster and took a place or
 * remembered a server, or where an own balancing policy picked a full server.
 */
const maxAttempts = 64;
/** For so long, both clocks go on alike. */
const freshMs = 1_000;

/**
 * Chooses the server of a session, an exchange or a flow: the one place where persistence and balancing meet.
 *
 * 1. and 2. The strategies of the persistence are asked in order; the first whose server admits persistent
 *    clients (online or draining; not down, ejected or halted) decides. Where the client has a connection of its
 *    own to such a server, that server comes first.
 * 3. Otherwise balancing does.
 * 4. Every strategy learns the server, **now**: parallel first connections of one client agree.
 *
 * `connectFailed` tells of a connect that fails. `select` then picks again, and the strategies learn the next
 * server instead. The fallback never passes through here, so it is never learned.
 *
 * Others may share the servers' counts and what strategies remember. `take` or `claim` shows that somebody was
 * faster; the choice then starts again with what that one left behind.
 */
export class Selector {
  readonly #service: string;
  readonly #pool: Pool;
  readonly #strategies: readonly PersistenceStrategy[];
  readonly #clock: Clock;
  readonly #facts: FactEmitter<ServiceEvents>;
  readonly #renewal: EntryRenewal | undefined;
  readonly #now = { nowMs: -Infinity, wallMs: 0 };
  /** How many strategies the last look-up asked. */
  #asked = 0;

  constructor(
    service: string,
    pool: Pool,
    persistence: Persistence,
    clock: Clock,
    facts: FactEmitter<ServiceEvents>,
  ) {
    this.#service = service;
    this.#pool = pool;
    this.#strategies = persistence.strategies;
    this.#clock = clock;
    this.#facts = facts;
    this.#renewal = EntryRenewal.for(this.#strategies, clock, () => this.now());
  }

  /** The run is over: leaves no timer. */
  close(): void {
    this.#renewal?.close();
  }

  /** The time of this call, for strategies; one object, reused. */
  now(): Now {
    this.#now.nowMs = this.#clock.nowMs();
    this.#now.wallMs = this.#clock.wallMs();
    return this.#now;
  }

  /** Wall-clock time at a moment of `Clock.nowMs`: what was read for the last selection says it for a while. Hot path. */
  wallMsAt(nowMs: number): number {
    const lapseMs = nowMs - this.#now.nowMs;
    return Math.abs(lapseMs) < freshMs ? Math.floor(this.#now.wallMs + lapseMs) : this.#clock.wallMs();
  }

  /** The time of the last selection, for what follows from it at once; the same object. */
  get selectionTime(): Now {
    return this.#now;
  }

  /**
   * Fills an empty lease. Hot path.
   *
   * @param mayWait whether the caller would rather wait for a full server than leave it
   */
  select(client: Client, lease: Lease, mayWait: boolean): Selection {
    const now = this.now();
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const remembered = this.#remembered(client, lease, now);
      if (remembered !== undefined) {
        if (admitsPersistentClients(remembered) && remembered.take()) {
          this.#learn(client, remembered, now);
          if (remembered.adminState === 'drain') this.#pool.returned(remembered, client.address.toString());
          return this.#selected(client, lease, remembered);
        }
        if (mayWait) return 'wait';
        this.#lookUpRest(client, now);
      }
      const balanced = this.#pool.pick(client, lease.tried, mayWait);
      if (balanced === undefined) break;
      if (!balanced.take()) continue;
      lease.reason = lease.tried.length > 0 ? 'redispatch' : 'balance';
      // A client that lost every race so far has the last word: what others learned is not older than this.
      if (attempt === maxAttempts) this.#learn(client, balanced, now);
      else if (!this.#claim(client, balanced, now)) {
        this.#leave(balanced);
        continue;
      }
      return this.#selected(client, lease, balanced);
    }
    if (mayWait && this.#pool.isFull(lease.tried)) return 'wait';
    lease.reason = 'none';
    return 'none';
  }

  /**
   * The leased server could not be reached and nothing was sent: gives it back, tells passive health, and
   * makes the lease ready for `select`, which avoids the servers tried. A reservation that balancing made is
   * undone; an entry that was there before stays until another server is learned.
   *
   * @param side whose fault it is: a server is not blamed for one of this machine
   */
  connectFailed(client: Client, lease: Lease, side: ErrorSide = 'server'): void {
    const server = lease.server;
    if (server === undefined) return;
    const isServers = side === 'server';
    if (isServers) server.connectFailuresTotal += 1;
    if (lease.reason === 'balance' || lease.reason === 'redispatch') {
      const now = this.now();
      for (const strategy of this.#strategies) strategy.forget(client, server.name, now);
    }
    this.#renewal?.leave(lease);
    lease.addTried(server);
    // Passive health first: nobody who waits may get the place on a server that is ejected for this failure.
    if (isServers) this.#pool.connectFailed(server);
    this.#giveBack(lease);
  }

  /** The leased server was reached: tells passive health. */
  connected(lease: Lease): void {
    if (lease.server !== undefined) this.#pool.connected(lease.server);
  }

  /** Gives the server back, exactly once, and clears the lease. Idempotent. Hot path. */
  release(lease: Lease): void {
    this.#renewal?.end(lease);
    this.#giveBack(lease);
    lease.clear();
  }

  /** Whose sessions hold entries of a stick table now. */
  holders(): readonly Holder[] {
    return this.#renewal?.holders() ?? [];
  }

  /** Publishes the decision record of a lease, where somebody listens. */
  report(client: Client, lease: Lease, reason: DecisionReason = lease.reason): void {
    if (this.#facts.listenerCount('decisionMade') === 0) return;
    this.#facts.publish('decisionMade', {
      service: this.#service,
      sessionId: lease.sessionId,
      client: formatEndpoint(client.address.toString(), client.port),
      server: lease.server?.name,
      reason,
      tried: lease.tried.map((server) => server.name),
      atMs: this.#clock.wallMs(),
    });
  }

  /** What `select` would do now, changing nothing. */
  explain(client: Client, mayWait = false): Explanation {
    const lease = new Lease();
    const remembered = this.#remembered(client, lease, this.now());
    if (remembered !== undefined) {
      const { name: server } = remembered;
      if (admitsPersistentClients(remembered)) return { server, reason: lease.reason };
      if (mayWait) return { server, reason: 'wait' };
    }
    const { server, isCertain } = this.#pool.peek(client, mayWait);
    if (!isCertain) return { server: server?.name, reason: 'balance', isUncertain: true };
    if (server !== undefined) return { server: server.name, reason: 'balance' };
    return { server: undefined, reason: mayWait && this.#pool.isFull(lease.tried) ? 'wait' : 'none' };
  }

  /** The first remembered server that is usable, full or not; sets the lease's reason. */
  #remembered(client: Client, lease: Lease, now: Now): Server | undefined {
    this.#asked = 0;
    const { bound } = lease;
    if (bound !== undefined && availability(bound) !== 'unavailable' && !lease.tried.includes(bound)) {
      lease.reason = 'connection';
      return bound;
    }
    for (const strategy of this.#strategies) {
      this.#asked += 1;
      const name = strategy.lookup(client, now);
      if (name === undefined) continue;
      const server = this.#pool.get(name);
      if (server === undefined || lease.tried.includes(server)) continue;
      if (availability(server) === 'unavailable') continue;
      lease.reason = strategy.reason;
      return server;
    }
    return undefined;
  }

  /** Asks the strategies that were not asked because another one decided: a claim compares with what they saw. */
  #lookUpRest(client: Client, now: Now): void {
    for (; this.#asked < this.#strategies.length; this.#asked++) {
      this.#strategies[this.#asked]?.lookup(client, now);
    }
  }

  #selected(client: Client, lease: Lease, server: Server): 'selected' {
    lease.server = server;
    lease.client = client;
    this.#renewal?.begin(lease, this.#now.nowMs);
    this.report(client, lease);
    return 'selected';
  }

  #learn(client: Client, server: Server, now: Now): void {
    for (const strategy of this.#strategies) strategy.learn(client, server.name, now);
  }

  /** As `#learn`. @returns false where somebody else has chosen for this client meanwhile */
  #claim(client: Client, server: Server, now: Now): boolean {
    for (const strategy of this.#strategies) {
      if (strategy.claim === undefined) strategy.learn(client, server.name, now);
      else if (!strategy.claim(client, server.name, now)) return false;
    }
    return true;
  }

  #giveBack(lease: Lease): void {
    const server = lease.server;
    if (server === undefined) return;
    lease.server = undefined;
    this.#leave(server);
  }

  #leave(server: Server): void {
    server.giveBack();
    this.#pool.released(server);
  }
}
