import type { ResolvedAddressPrefixOptions } from '../model/address-prefix.ts';
import { HttpCookieStrategy } from './http-cookie.ts';
import type { ResolvedHttpCookieOptions } from './http-cookie-options.ts';
import type { Persistence, PersistenceStrategy } from './persistence.ts';
import { SharedStickTable, type StickTableShare } from './shared-stick-table.ts';
import { SharedSourceIpStrategy } from './source-ip.ts';

/** A strategy as it goes to another thread: plain data, and memory that both then use. */
export type SharedStrategy =
  | { readonly kind: 'httpCookie'; readonly options: ResolvedHttpCookieOptions }
  | {
      readonly kind: 'sourceIp';
      readonly prefix: ResolvedAddressPrefixOptions;
      readonly table: StickTableShare;
    };

/** A persistence as it goes to another thread. */
export interface SharedPersistence {
  readonly name: string;
  readonly strategies: readonly SharedStrategy[];
}

/** Can other threads remember the same? Own strategies and tables cannot go there. */
export function isShareable({ strategies }: Persistence): boolean {
  return strategies.every(
    (strategy) => strategy instanceof HttpCookieStrategy || strategy instanceof SharedSourceIpStrategy,
  );
}

/** What another thread needs to remember the same. @throws TypeError where it is not shareable */
export function sharePersistence({ name, strategies }: Persistence): SharedPersistence {
  return { name, strategies: strategies.map(shareStrategy) };
}

/** A thread has died, perhaps while it used a table. */
export function tellThreadLost({ strategies }: Persistence, row: number): void {
  for (const strategy of strategies) {
    if (strategy instanceof SharedSourceIpStrategy) strategy.table.onThreadLost(row);
  }
}

/** The persistences of other threads in this one: services that share a table there share it here. */
export class JoinedPersistences {
  readonly #row: number;
  /** By their ids. A table that no service uses any more goes. */
  readonly #tables = new Map<number, WeakRef<SharedStickTable>>();

  /** @param row of this thread, from 0 */
  constructor(row: number) {
    this.#row = row;
  }

  join({ name, strategies }: SharedPersistence): Persistence {
    return { name, strategies: strategies.map((strategy) => this.#joinStrategy(strategy)) };
  }

  #joinStrategy(shared: SharedStrategy): PersistenceStrategy {
    if (shared.kind === 'httpCookie') return new HttpCookieStrategy(shared.options);
    const { table, prefix } = shared;
    const joined = this.#tables.get(table.id)?.deref() ?? SharedStickTable.join(table, this.#row);
    this.#tables.set(table.id, new WeakRef(joined));
    return new SharedSourceIpStrategy(joined, prefix);
  }
}

function shareStrategy(strategy: PersistenceStrategy): SharedStrategy {
  if (strategy instanceof HttpCookieStrategy) return { kind: 'httpCookie', options: strategy.options };
  if (!(strategy instanceof SharedSourceIpStrategy)) throw new TypeError('the strategy cannot be shared');
  return { kind: 'sourceIp', prefix: strategy.prefix, table: strategy.table.share() };
}
