import { OptionsError, SluiceError } from '../base/errors.ts';
import { OptionReader } from '../base/options.ts';
import { describe } from '../base/wording.ts';
import { IpAddress } from '../model/address.ts';
import { AddressBlock, v4Offset } from '../model/address-block.ts';
import { stickStrategiesOf, type SourceIpStrategy } from '../persistence/source-ip.ts';
import type { StickEntry } from '../persistence/stick-table.ts';
import type { Holder } from '../pool/entry-renewal.ts';
import { Pace } from '../runtime/pace.ts';
import type { Clock } from '../runtime/runtime.ts';
import type { Service } from './service.ts';

/** One entry of a stick table. */
export interface TableEntry {
  /** The client's IP address. Where the table goes by leading bits, these: `10.1.0.0/16`. */
  readonly client: string;
  /** The server's name. */
  readonly server: string;
  /** How long it keeps unless it is used, milliseconds, or Infinity. */
  readonly expiresInMs: number;
  /** Sessions, exchanges and flows that hold it: its time counts from their end. */
  readonly sessions: number;
}

/** Which entries are meant: all, or those of a client, of a server, or of both. */
export interface TableSelection {
  /** An IP address, or the leading bits of one: `10.1.0.0/16`. @default every client */
  readonly client?: string;
  /** The server's name. @default every server */
  readonly server?: string;
}

/** What a table is asked and changed by. */
export interface TableContext {
  readonly strategy: SourceIpStrategy;
  readonly clock: Clock;
  /** The names of the servers that an entry may have. */
  servers(): readonly string[];
  /** Whose sessions hold entries. */
  holders(): Promise<readonly Holder[]>;
}

/**
 * The stick table of a service, as a person asks and changes it. Services that share a table have the same entries. What
 * visits the whole table does so in slices of two milliseconds, so that traffic goes on.
 */
export class ServiceTable {
  readonly #context: TableContext;

  /**
   * Use `Balancer.table`.
   *
   * @internal
   */
  constructor(context: TableContext) {
    this.#context = context;
  }

  /** Entries held, including some whose time is over. */
  get size(): number {
    return this.#context.strategy.table.size;
  }

  /** The most entries that it holds. */
  get capacity(): number {
    return this.#context.strategy.table.options.maxEntries;
  }

  /** How long an entry keeps after its last use, milliseconds, or Infinity. */
  get ttlMs(): number {
    return this.#context.strategy.table.options.ttlMs;
  }

  /**
   * Lists entries, in no particular order. Those that come or go meanwhile are listed or not, the others once. Changes
   * nothing: to be listed is no use.
   *
   * @throws OptionsError for a selection that is wrong
   */
  entries(selection: TableSelection = {}): AsyncGenerator<TableEntry, void, undefined> {
    return this.#list(readTableSelection('entries', selection));
  }

  /**
   * The entries of a client: one or none for an IP address, and any number for the leading bits of one.
   *
   * @throws OptionsError where it is neither
   */
  async find(client: string): Promise<readonly TableEntry[]> {
    const found: TableEntry[] = [];
    for await (const entry of this.#list(readTableSelection('find', { client }))) found.push(entry);
    return found;
  }

  /**
   * Sends a client to a server from now on, as if it had just been there. Its sessions under way stay where they are.
   *
   * @throws OptionsError where the client is no IP address
   * @throws SluiceError `SLUICE_ERR_NOT_FOUND` for an unknown server
   */
  set(client: string, server: string): void {
    const { strategy, clock } = this.#context;
    const address = IpAddress.parse(client);
    if (address === undefined)
      throw new OptionsError([{ path: 'client', expected: 'an IP address', actual: describe(client) }]);
    const known = this.#context.servers();
    if (!known.includes(server))
      throw new SluiceError('SLUICE_ERR_NOT_FOUND', `No server '${server}'; there are: ${known.join(', ')}`);
    const { w0, w1, w2, w3 } = strategy.keyOf(address);
    strategy.table.put(w0, w1, w2, w3, server, clock.nowMs());
  }

  /**
   * Forgets entries; without a selection all. Sessions under way go on. An entry that they held stays forgotten until
   * their client comes again.
   *
   * @returns how many
   * @throws OptionsError for a selection that is wrong
   */
  async clear(selection: TableSelection = {}): Promise<number> {
    const meant = readTableSelection('clear', selection);
    const pace = new Pace(this.#context.clock);
    let cleared = 0;
    for (let from = 1; from > 0;) {
      from = this.#visit(from, meant, ({ expiresInMs }) => {
        if (expiresInMs > 0) cleared += 1;
        return true;
      });
      await pace.rest();
    }
    return cleared;
  }

  async *#list(meant: Meant): AsyncGenerator<TableEntry, void, undefined> {
    const { strategy, clock } = this.#context;
    const sessions = await this.#sessions();
    const toData = ({ address, server, expiresInMs }: StickEntry): TableEntry => ({
      client: this.#textOf(address),
      server,
      expiresInMs,
      sessions: sessions.get(`${address.toString()} ${server}`) ?? 0,
    });
    const one = meant.block?.address;
    if (one !== undefined) {
      const { w0, w1, w2, w3 } = strategy.keyOf(one);
      const entry = strategy.table.entry(w0, w1, w2, w3, clock.nowMs());
      const isMeant = meant.server === undefined || entry?.server === meant.server;
      if (entry !== undefined && isMeant) yield toData(entry);
      return;
    }
    const pace = new Pace(clock);
    for (let from = 1; from > 0;) {
      const batch: StickEntry[] = [];
      from = this.#visit(from, meant, (entry) => {
        if (entry.expiresInMs > 0) batch.push(entry);
        return false;
      });
      yield* batch.map(toData);
      await pace.rest();
    }
  }

  /** Shows some of the entries that are meant, expired or not. @returns where to go on, 0 at the end */
  #visit(from: number, { block, server }: Meant, visitor: (entry: StickEntry) => boolean): number {
    const { table } = this.#context.strategy;
    const nowMs = this.#context.clock.nowMs();
    return table.visit(from, (w0, w1, w2, w3, name, lastUsedMs) => {
      if (name !== (server ?? name)) return false;
      const address = new IpAddress().set(w0, w1, w2, w3);
      if (block?.meets(address, this.#bitsOf(address)) === false) return false;
      return visitor({ address, server: name, expiresInMs: lastUsedMs + table.options.ttlMs - nowMs });
    });
  }

  /** How many sessions each entry has, by key and server. */
  async #sessions(): Promise<ReadonlyMap<string, number>> {
    const { strategy } = this.#context;
    const sessions = new Map<string, number>();
    for (const { client, server, sessions: more } of await this.#context.holders()) {
      const address = IpAddress.parse(client);
      const key = address && `${strategy.keyOf(address).toString()} ${server}`;
      if (key !== undefined) sessions.set(key, (sessions.get(key) ?? 0) + more);
    }
    return sessions;
  }

  /** How many leading bits of a key count. */
  #bitsOf({ isV4 }: IpAddress): number {
    const { prefixV4, prefixV6 } = this.#context.strategy.prefix;
    return isV4 ? v4Offset + prefixV4 : prefixV6;
  }

  #textOf(address: IpAddress): string {
    const { prefixV4, prefixV6 } = this.#context.strategy.prefix;
    const [bits, all] = address.isV4 ? [prefixV4, 32] : [prefixV6, 128];
    return bits === all ? address.toString() : `${address.toString()}/${bits}`;
  }
}

/**
 * @param position which of its stick tables
 * @param everybody all services whose sessions may hold entries of it
 * @throws SluiceError `SLUICE_ERR_NOT_FOUND` where it has no such table
 */
export function openTable(
  service: Service,
  position: number,
  everybody: readonly Service[],
  clock: Clock,
): ServiceTable {
  const strategy = stickStrategiesOf(service.persistence)[position];
  if (strategy === undefined) {
    const which = position === 0 ? 'stick table' : `stick table ${position}`;
    throw new SluiceError('SLUICE_ERR_NOT_FOUND', `Service '${service.name}' has no ${which}`);
  }
  const isSharer = ({ persistence }: Service): boolean =>
    stickStrategiesOf(persistence).some(({ table }) => table.hasEntriesOf(strategy.table));
  const listeners = everybody.filter(isSharer).flatMap((sharer) => sharer.listeners);
  return new ServiceTable({
    strategy,
    clock,
    servers: () => service.servers.map(({ name }) => name),
    holders: async () => (await Promise.all(listeners.map((listener) => listener.holders()))).flat(),
  });
}

/** Which entries are meant. */
interface Meant {
  readonly block: AddressBlock | undefined;
  readonly server: string | undefined;
}

/** @throws OptionsError: an order that is only half understood may do harm */
function readTableSelection(order: string, selection: unknown): Meant {
  const reader = new OptionReader(order, selection);
  const expected = 'an IP address, or leading bits of one such as 10.1.0.0/16';
  const client = reader.string('client', { expected, default: undefined });
  const block = client === undefined ? undefined : AddressBlock.parse(client);
  if (client !== undefined && block === undefined) reader.problem('client', expected);
  const server = reader.string('server', { expected: "a server's name", default: undefined });
  reader.finish();
  return { block, server };
}
