import type { IpAddress } from '../model/address.ts';
import type { Client } from '../model/client.ts';
import { OptionReader } from '../base/options.ts';
import {
  AddressPrefix,
  readAddressPrefix,
  type AddressPrefixOptions,
  type ResolvedAddressPrefixOptions,
} from '../model/address-prefix.ts';
import type { Now, Persistence, PersistenceStrategy } from './persistence.ts';
import { SharedStickTable } from './shared-stick-table.ts';
import { StickTable } from './stick-table.ts';
import {
  readStickTableOptions,
  stickTableDefaults,
  type ResolvedStickTableOptions,
  type StickTableOptions,
} from './stick-table-options.ts';

/** What a configuration may state of source IP persistence. */
export interface SourceIpSettings extends AddressPrefixOptions, Omit<StickTableOptions, 'allocate'> {}

/** Options of source IP persistence in code. */
export interface SourceIpOptions extends SourceIpSettings {
  /** A table of one's own, instead of `ttlMs`, `maxEntries` and `seed`. */
  readonly table?: StickTable;
}

/** Complete settings of source IP persistence, those of its table included. */
export interface ResolvedSourceIpOptions
  extends ResolvedAddressPrefixOptions, Omit<ResolvedStickTableOptions, 'allocate'> {}

/** Reads what a configuration may state; `seed` stands in for one that is not stated. */
export function readSourceIpSettings<Seed>(
  reader: OptionReader,
  seed: Seed,
): Omit<ResolvedSourceIpOptions, 'seed'> & { readonly seed: number | Seed } {
  return { ...readAddressPrefix(reader), ...readStickTableOptions(reader, seed) };
}

/**
 * Returns a client to its server by its IP address, or the leading bits of it. Each use restarts the time to live.
 * Services that are given the same instance share their clients' servers.
 *
 * @throws OptionsError with every wrong option
 */
export function sourceIp(options: SourceIpOptions = {}): SourceIp {
  const reader = new OptionReader('sourceIp', options);
  const table = reader.raw('table');
  const settings = readSourceIpSettings(reader, stickTableDefaults.seed);
  if (table !== undefined && !(table instanceof StickTable)) reader.problem('table', 'a StickTable');
  if (table !== undefined) {
    for (const key of ['ttlMs', 'maxEntries', 'seed']) {
      if (reader.has(key)) reader.problem(key, 'nothing beside `table`: the table has its own value');
    }
  }
  reader.finish();
  return new SourceIp(settings, table instanceof StickTable ? table : new StickTable(stickTableOf(settings)));
}

/**
 * The persistence, from options that were already read.
 *
 * @param isShared whether other threads use its table, too
 */
export function sourceIpBy(settings: ResolvedSourceIpOptions, isShared = false): SourceIp {
  const options = stickTableOf(settings);
  return new SourceIp(settings, isShared ? SharedStickTable.make(options) : new StickTable(options));
}

/** Source IP persistence and its table. */
export class SourceIp implements Persistence {
  readonly name = 'sourceIp';
  readonly strategies: readonly PersistenceStrategy[];
  readonly options: ResolvedSourceIpOptions;
  /** For inspection and sweeping. */
  readonly table: StickTable;

  /** Use {@link sourceIp}, which checks. */
  constructor(settings: ResolvedSourceIpOptions, table: StickTable) {
    const { ttlMs, maxEntries, seed } = table.options;
    this.options = Object.freeze({ ...settings, ttlMs, maxEntries, seed });
    this.table = table;
    this.strategies = [
      table instanceof SharedStickTable
        ? new SharedSourceIpStrategy(table, this.options)
        : new SourceIpStrategy(table, this.options),
    ];
  }

  /** Whether a key of it would be the same key under these settings. */
  hasKeysOf({ prefixV4, prefixV6 }: ResolvedAddressPrefixOptions): boolean {
    return this.options.prefixV4 === prefixV4 && this.options.prefixV6 === prefixV6;
  }

  /**
   * The same entries under other settings; itself where all are the same.
   *
   * @returns undefined where these need a table of their own
   */
  withSettings(settings: ResolvedSourceIpOptions): SourceIp | undefined {
    const { ttlMs, maxEntries, seed } = this.options;
    if (!this.hasKeysOf(settings) || seed !== settings.seed) return undefined;
    if (ttlMs === settings.ttlMs && maxEntries === settings.maxEntries) return this;
    const table = this.table.withLimits(settings);
    return table === undefined ? undefined : new SourceIp(settings, table);
  }
}

/** An entry is renewed this often within its time to live, because a timer may be late. */
const refreshesPerTtl = 4;

/** Remembers in a stick table. */
export class SourceIpStrategy implements PersistenceStrategy {
  readonly reason = 'table';
  readonly needs = ['address'] as const;
  readonly refreshMs: number;
  readonly table: StickTable;
  readonly prefix: ResolvedAddressPrefixOptions;
  readonly #prefix: AddressPrefix;

  constructor(table: StickTable, { prefixV4, prefixV6 }: ResolvedAddressPrefixOptions) {
    this.table = table;
    this.prefix = { prefixV4, prefixV6 };
    this.#prefix = new AddressPrefix(this.prefix);
    this.refreshMs = table.options.ttlMs / refreshesPerTtl;
  }

  /** The key of an address: one object, reused by the next call. Hot path. */
  keyOf(address: IpAddress): IpAddress {
    return this.#prefix.of(address);
  }

  /** Hot path. */
  lookup(client: Client, now: Now): string | undefined {
    const key = this.keyOf(client.address);
    return this.table.find(key.w0, key.w1, key.w2, key.w3, now.nowMs);
  }

  /** Hot path. */
  learn(client: Client, server: string, now: Now): void {
    const key = this.keyOf(client.address);
    this.table.put(key.w0, key.w1, key.w2, key.w3, server, now.nowMs);
  }

  refresh(client: Client, server: string, now: Now): void {
    const key = this.keyOf(client.address);
    this.table.renew(key.w0, key.w1, key.w2, key.w3, server, now.nowMs);
  }

  forget(client: Client, server: string): void {
    const key = this.keyOf(client.address);
    this.table.delete(key.w0, key.w1, key.w2, key.w3, server);
  }
}

/** Over a table that other threads change between a look-up and what is learned after it. */
export class SharedSourceIpStrategy extends SourceIpStrategy {
  declare readonly table: SharedStickTable;
  /** What the last look-up found. Selection is one call, so it was for the client that claims. */
  #seen: string | undefined = undefined;

  /** Hot path. */
  override lookup(client: Client, now: Now): string | undefined {
    this.#seen = super.lookup(client, now);
    return this.#seen;
  }

  /** Hot path. */
  claim(client: Client, server: string, now: Now): boolean {
    const key = this.keyOf(client.address);
    return this.table.claim(key.w0, key.w1, key.w2, key.w3, server, this.#seen, now.nowMs);
  }
}

/** The tables where a persistence looks for a client's server. */
export function tablesOf(persistence: Persistence): readonly StickTable[] {
  return stickStrategiesOf(persistence).map(({ table }) => table);
}

/** The strategies of a persistence that remember in a stick table, in order. */
export function stickStrategiesOf({ strategies }: Persistence): readonly SourceIpStrategy[] {
  return strategies.filter((strategy) => strategy instanceof SourceIpStrategy);
}

function stickTableOf(settings: ResolvedSourceIpOptions): Omit<ResolvedStickTableOptions, 'allocate'> {
  return { ttlMs: settings.ttlMs, maxEntries: settings.maxEntries, seed: settings.seed };
}
