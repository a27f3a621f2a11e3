import type { Client, ClientFact } from '../model/client.ts';
import type { Now, Persistence, PersistenceStrategy } from './persistence.ts';

/** Told what a strategy threw, and where. */
export type OnStrategyFailure = (strategy: PersistenceStrategy, call: string, error: unknown) => void;

/**
 * The same persistence with strategies that never throw. Where one fails, its client is served as if nothing was
 * remembered of it, and the work after the call goes on.
 */
export function guardPersistence(
  { name, strategies }: Persistence,
  onFailure: OnStrategyFailure,
): Persistence {
  return { name, strategies: strategies.map((strategy) => new GuardedStrategy(strategy, onFailure)) };
}

class GuardedStrategy implements PersistenceStrategy {
  readonly reason: string;
  readonly needs: readonly ClientFact[];
  readonly cookieName?: string;
  readonly refreshMs?: number;
  readonly #strategy: PersistenceStrategy;
  readonly #onFailure: OnStrategyFailure;

  constructor(strategy: PersistenceStrategy, onFailure: OnStrategyFailure) {
    const { reason, needs, cookieName, refreshMs } = strategy;
    this.reason = reason;
    this.needs = needs;
    if (cookieName !== undefined) this.cookieName = cookieName;
    if (refreshMs !== undefined) this.refreshMs = refreshMs;
    this.#strategy = strategy;
    this.#onFailure = onFailure;
  }

  /** Hot path. */
  lookup(client: Client, now: Now): string | undefined {
    try {
      return this.#strategy.lookup(client, now);
    } catch (error) {
      this.#failed('lookup', error);
      return undefined;
    }
  }

  /** Hot path. */
  learn(client: Client, server: string, now: Now): void {
    try {
      this.#strategy.learn(client, server, now);
    } catch (error) {
      this.#failed('learn', error);
    }
  }

  /** Hot path. */
  claim(client: Client, server: string, now: Now): boolean {
    const strategy = this.#strategy;
    if (strategy.claim === undefined) {
      this.learn(client, server, now);
      return true;
    }
    try {
      return strategy.claim(client, server, now);
    } catch (error) {
      this.#failed('claim', error);
      return true;
    }
  }

  forget(client: Client, server: string, now: Now): void {
    try {
      this.#strategy.forget(client, server, now);
    } catch (error) {
      this.#failed('forget', error);
    }
  }

  refresh(client: Client, server: string, now: Now): void {
    try {
      this.#strategy.refresh?.(client, server, now);
    } catch (error) {
      this.#failed('refresh', error);
    }
  }

  /** Hot path. */
  setCookie(client: Client, server: string, now: Now): string | undefined {
    try {
      return this.#strategy.setCookie?.(client, server, now);
    } catch (error) {
      this.#failed('setCookie', error);
      return undefined;
    }
  }

  register(names: readonly string[]): void {
    try {
      this.#strategy.register?.(names);
    } catch (error) {
      this.#failed('register', error);
    }
  }

  #failed(call: string, error: unknown): void {
    this.#onFailure(this.#strategy, call, error);
  }
}
