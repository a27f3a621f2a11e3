import { chain, isPersistence } from './chain.ts';
import { httpCookieBy } from './http-cookie.ts';
import { none } from './none.ts';
import type { Persistence } from './persistence.ts';
import type { ResolvedPersistenceSpec, ResolvedSourceIpSpec } from './persistence-specs.ts';
import { sourceIpBy, type ResolvedSourceIpOptions, type SourceIp } from './source-ip.ts';
import type { StickTable } from './stick-table.ts';

/** What the tables of a configuration are made of. */
export interface TableOrigins {
  /** Tables in use, by name. One whose kind of keys stays is taken over. */
  readonly previous?: ReadonlyMap<string, SourceIp>;
  /** For specs without a `seed`: see `StickTableOptions`. */
  readonly seed: number;
  /** Whether new tables are for several threads. @default false */
  readonly isShared?: boolean;
}

/** A table that was made from a spec. */
export interface MadeTable {
  readonly sourceIp: SourceIp;
  /** Undefined where no other service can use it. */
  readonly name: string | undefined;
}

/** A persistence that was made from a spec. */
export interface MadePersistence {
  readonly persistence: Persistence;
  /** Its tables, in the order of the spec. */
  readonly tables: readonly MadeTable[];
}

/** Entries that a new table is to have of one that was there before. */
export interface CarryOver {
  readonly from: StickTable;
  readonly to: StickTable;
  /** Whether nobody uses the table yet that is to have them. */
  readonly isNew: boolean;
}

/** Makes the persistences of one configuration, whose services share tables by name. */
export class PersistenceMaker {
  readonly #origins: TableOrigins;
  readonly #tables = new Map<string, SourceIp>();
  /** Those that nothing was taken over for. */
  readonly #new = new Set<StickTable>();
  readonly #carryOvers: CarryOver[] = [];

  constructor(origins: TableOrigins) {
    this.#origins = origins;
  }

  /** The named tables of what was made or kept. */
  get tables(): ReadonlyMap<string, SourceIp> {
    return this.#tables;
  }

  /** Where a table took the place of another one with the same kind of keys, but could not take over its memory. */
  get carryOvers(): readonly CarryOver[] {
    return this.#carryOvers;
  }

  /**
   * Makes the persistence that a spec describes; a live one stays as it is.
   *
   * @param before the tables of the service that this one replaces. Those with the same kind of keys keep their entries
   */
  make(spec: ResolvedPersistenceSpec | Persistence, before: readonly MadeTable[] = []): MadePersistence {
    const tables: MadeTable[] = [];
    return { persistence: this.#make(spec, tables, before), tables };
  }

  /** What was made from this spec before stays in use, and so do its named tables. */
  keep(spec: ResolvedPersistenceSpec | Persistence): void {
    if (isPersistence(spec)) return;
    if (spec.kind === 'chain') for (const link of spec.of) this.keep(link);
    if (spec.kind !== 'sourceIp' || spec.table === undefined) return;
    const table = this.#origins.previous?.get(spec.table);
    if (table !== undefined) this.#tables.set(spec.table, table);
  }

  #make(
    spec: ResolvedPersistenceSpec | Persistence,
    tables: MadeTable[],
    before: readonly MadeTable[],
  ): Persistence {
    if (isPersistence(spec)) return spec;
    switch (spec.kind) {
      case 'sourceIp': {
        const made = this.#makeTable(spec, before[tables.length]);
        tables.push(made);
        return made.sourceIp;
      }
      case 'httpCookie':
        return httpCookieBy(spec);
      case 'chain':
        return chain(...spec.of.map((link) => this.#make(link, tables, before)));
      case 'none':
        return none();
    }
  }

  /** @param own the table that was in its place before */
  #makeTable({ kind: _, table: name, ...spec }: ResolvedSourceIpSpec, own: MadeTable | undefined): MadeTable {
    const { previous, seed } = this.#origins;
    const settings = { ...spec, seed: spec.seed ?? seed };
    const known = name === undefined ? undefined : (this.#tables.get(name) ?? previous?.get(name));
    // One without a name is nobody else's, so that it may go on under any.
    const kept = known ?? (own?.name === undefined ? own?.sourceIp : undefined);
    const sourceIp = kept?.withSettings(settings) ?? this.#makeNew(settings);
    for (const from of [known, own?.sourceIp]) if (from !== undefined) this.#carryOver(from, sourceIp);
    if (name !== undefined) this.#tables.set(name, sourceIp);
    return { sourceIp, name };
  }

  #makeNew(settings: ResolvedSourceIpOptions): SourceIp {
    const made = sourceIpBy(settings, this.#origins.isShared);
    this.#new.add(made.table);
    return made;
  }

  #carryOver(previous: SourceIp, { options, table: to }: SourceIp): void {
    const { table: from } = previous;
    if (!previous.hasKeysOf(options) || from.hasEntriesOf(to)) return;
    this.#carryOvers.push({ from, to, isNew: this.#new.has(to) });
  }
}
