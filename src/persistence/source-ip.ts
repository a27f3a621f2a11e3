import type { Client } from '../model/client.ts';
import { OptionReader } from '../options.ts';
import {
  AddressPrefix,
  readAddressPrefix,
  type AddressPrefixOptions,
  type ResolvedAddressPrefixOptions,
} from './address-prefix.ts';
import type { Now, Persistence, PersistenceStrategy } from './persistence.ts';
import { readStickTableOptions, StickTable, type StickTableOptions } from './stick-table.ts';

/** What a configuration may state of source IP persistence. */
export interface SourceIpSettings extends AddressPrefixOptions, Omit<StickTableOptions, 'allocate'> {}

/** Options of source IP persistence in code. */
export interface SourceIpOptions extends SourceIpSettings {
  /** A table of one's own, instead of `ttlMs`, `maxEntries` and `seed`. */
  readonly table?: StickTable;
}

/** Complete settings of source IP persistence, those of its table included. */
export interface ResolvedSourceIpOptions
  extends ResolvedAddressPrefixOptions, Omit<Required<StickTableOptions>, 'allocate'> {}

/** Reads what a configuration may state; `seed` stands in for one that is not stated. */
export function readSourceIpSettings(reader: OptionReader, seed?: number): ResolvedSourceIpOptions {
  return { ...readAddressPrefix(reader), ...readStickTableOptions(reader, seed) };
}

/**
 * Returns a client to its server by its IP address, or the leading bits of it. Each use starts the time to
 * live anew. Services that are given the same instance share their clients' servers.
 *
 * @throws OptionsError with every wrong option
 */
export function sourceIp(options: SourceIpOptions = {}): SourceIp {
  const reader = new OptionReader('sourceIp', options);
  const table = reader.raw('table');
  const settings = readSourceIpSettings(reader);
  if (table !== undefined && !(table instanceof StickTable)) reader.problem('table', 'a StickTable');
  if (table !== undefined) {
    for (const key of ['ttlMs', 'maxEntries', 'seed']) {
      if (reader.has(key)) reader.problem(key, 'nothing beside `table`, which has its own');
    }
  }
  reader.finish();
  return new SourceIp(settings, table instanceof StickTable ? table : new StickTable(stickTableOf(settings)));
}

/** The persistence, of options that were read already. */
export function sourceIpBy(settings: ResolvedSourceIpOptions): SourceIp {
  return new SourceIp(settings, new StickTable(stickTableOf(settings)));
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
    this.strategies = [new SourceIpStrategy(table, new AddressPrefix(this.options))];
  }
}

class SourceIpStrategy implements PersistenceStrategy {
  readonly reason = 'table';
  readonly needs = 'address';
  readonly #table: StickTable;
  readonly #prefix: AddressPrefix;

  constructor(table: StickTable, prefix: AddressPrefix) {
    this.#table = table;
    this.#prefix = prefix;
  }

  /** Hot path. */
  lookup(client: Client, now: Now): string | undefined {
    const key = this.#prefix.of(client.address);
    return this.#table.find(key.w0, key.w1, key.w2, key.w3, now.nowMs);
  }

  /** Hot path. */
  learn(client: Client, server: string, now: Now): void {
    const key = this.#prefix.of(client.address);
    this.#table.put(key.w0, key.w1, key.w2, key.w3, server, now.nowMs);
  }

  forget(client: Client, server: string): void {
    const key = this.#prefix.of(client.address);
    this.#table.delete(key.w0, key.w1, key.w2, key.w3, server);
  }
}

function stickTableOf(settings: ResolvedSourceIpOptions): StickTableOptions {
  return { ttlMs: settings.ttlMs, maxEntries: settings.maxEntries, seed: settings.seed };
}
