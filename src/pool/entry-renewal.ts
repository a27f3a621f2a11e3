import type { Now, PersistenceStrategy } from '../persistence/persistence.ts';
import type { Clock, Timer } from '../runtime/runtime.ts';
import type { Lease } from './lease.ts';

/** A client with sessions on a server, which keep the client's entries alive. */
export interface Holder {
  /** The client's IP address. */
  readonly client: string;
  readonly server: string;
  /** How many: sessions, exchanges or flows. */
  readonly sessions: number;
}

const minRefreshMs = 10;
/** An entry this young need not be renewed at a session's end: a part of the interval, and a second at most. */
const momentPart = 25;
const maxMomentMs = 1000;
/** Entries that are renewed in one go. */
const maxBatch = 500;

/**
 * Keeps entries alive while their clients have sessions. Renews them from time to time, and at the end of the
 * session: their time counts from then. A short session pays no second write.
 *
 * Leases stand in a list, in the order of their last renewal, with one timer for all of them. They are linked to each
 * other, so a session allocates nothing here.
 */
export class EntryRenewal {
  readonly #strategies: readonly PersistenceStrategy[];
  readonly #clock: Clock;
  readonly #now: () => Now;
  readonly #intervalMs: number;
  readonly #momentMs: number;
  #oldest: Lease | undefined = undefined;
  #youngest: Lease | undefined = undefined;
  #timer: Timer | undefined = undefined;
  #isClosed = false;

  /** @returns undefined where no strategy says how long its entries keep */
  static for(
    strategies: readonly PersistenceStrategy[],
    clock: Clock,
    now: () => Now,
  ): EntryRenewal | undefined {
    const isTimed = strategies.some(({ refreshMs }) => refreshMs !== undefined);
    return isTimed ? new EntryRenewal(strategies, clock, now) : undefined;
  }

  private constructor(strategies: readonly PersistenceStrategy[], clock: Clock, now: () => Now) {
    const shortestMs = Math.min(...strategies.map(({ refreshMs = Infinity }) => refreshMs));
    this.#strategies = strategies.filter(({ refreshMs = Infinity }) => refreshMs !== Infinity);
    this.#clock = clock;
    this.#now = now;
    this.#intervalMs = Math.max(minRefreshMs, shortestMs);
    this.#momentMs = Math.min(maxMomentMs, this.#intervalMs / momentPart);
  }

  /** A client's entry was just learned; its lease holds client and server. Hot path. */
  begin(lease: Lease, nowMs: number): void {
    this.#append(lease, nowMs);
    const isTimed = this.#strategies.length > 0;
    if (isTimed && this.#timer === undefined && !this.#isClosed) this.#schedule(this.#intervalMs);
  }

  /** The session is over, on a server that the lease still holds. Hot path. */
  end(lease: Lease): void {
    if (lease.renewedMs < 0) return;
    const isYoung = this.#clock.nowMs() - lease.renewedMs < this.#momentMs;
    this.leave(lease);
    if (!isYoung) this.#renew(lease, this.#now());
  }

  /** Stops keeping the lease, without a use of its entry. Idempotent. */
  leave(lease: Lease): void {
    if (lease.renewedMs < 0) return;
    lease.renewedMs = -1;
    const { older, younger } = lease;
    if (older === undefined) this.#oldest = younger;
    else older.younger = younger;
    if (younger === undefined) this.#youngest = older;
    else younger.older = older;
    lease.older = undefined;
    lease.younger = undefined;
  }

  /** Whose sessions are under way now. */
  holders(): readonly Holder[] {
    const holders = new Map<string, Holder>();
    for (let lease = this.#oldest; lease !== undefined; lease = lease.younger) {
      const client = lease.client?.address.toString();
      const server = lease.server?.name;
      if (client === undefined || server === undefined) continue;
      const key = `${client} ${server}`;
      holders.set(key, { client, server, sessions: (holders.get(key)?.sessions ?? 0) + 1 });
    }
    return [...holders.values()];
  }

  /** The run ends: sessions that still end renew their entries, but no timer is left. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #append(lease: Lease, nowMs: number): void {
    const last = this.#youngest;
    lease.renewedMs = nowMs;
    lease.older = last;
    if (last === undefined) this.#oldest = lease;
    else last.younger = lease;
    this.#youngest = lease;
  }

  #schedule(delayMs: number): void {
    this.#timer = this.#clock.schedule(delayMs, () => {
      this.#timer = undefined;
      this.#renewDue();
    });
  }

  /** Goes on a moment later where many are due. Where there are no leases, the next session starts it again. */
  #renewDue(): void {
    const now = this.#now();
    for (let renewed = 0; renewed < maxBatch; renewed++) {
      const lease = this.#oldest;
      if (lease === undefined) return;
      const restMs = lease.renewedMs + this.#intervalMs - now.nowMs;
      if (restMs > 0) {
        this.#schedule(restMs);
        return;
      }
      this.leave(lease);
      this.#renew(lease, now);
      this.#append(lease, now.nowMs);
    }
    this.#schedule(0);
  }

  #renew({ client, server }: Lease, now: Now): void {
    if (client === undefined || server === undefined) return;
    for (const strategy of this.#strategies) strategy.refresh?.(client, server.name, now);
  }
}
