import { chain, isPersistence } from './chain.ts';
import { httpCookieBy } from './http-cookie.ts';
import { none } from './none.ts';
import type { Persistence } from './persistence.ts';
import type { ResolvedPersistenceSpec, ResolvedSourceIpSpec } from './persistence-specs.ts';
import { sourceIpBy, type ResolvedSourceIpOptions, type SourceIp } from './source-ip.ts';

/** What the tables of a configuration are made of. */
export interface TableOrigins {
  /** Tables in use, by name. One whose settings stay the same is taken over. */
  readonly previous?: ReadonlyMap<string, SourceIp>;
  /** For specs without a `seed`: see `StickTableOptions`. */
  readonly seed: number;
  /** Whether new tables are for several threads. @default false */
  readonly isShared?: boolean;
}

/** A persistence that was made from a spec. */
export interface MadePersistence {
  readonly persistence: Persistence;
  /** Those of its tables that have no name, in the order of the spec. */
  readonly unnamed: readonly SourceIp[];
}

/** Makes the persistences of one configuration, whose services share tables by name. */
export class PersistenceMaker {
  readonly #origins: TableOrigins;
  readonly #tables = new Map<string, SourceIp>();

  constructor(origins: TableOrigins) {
    this.#origins = origins;
  }

  /** The named tables of what was made or kept. */
  get tables(): ReadonlyMap<string, SourceIp> {
    return this.#tables;
  }

  /** Makes the persistence that a spec describes; a live one stays as it is. */
  make(spec: ResolvedPersistenceSpec | Persistence): MadePersistence {
    const unnamed: SourceIp[] = [];
    return { persistence: this.#make(spec, unnamed), unnamed };
  }

  /** What was made from this spec before stays in use, and so do its named tables. */
  keep(spec: ResolvedPersistenceSpec | Persistence): void {
    if (isPersistence(spec)) return;
    if (spec.kind === 'chain') for (const link of spec.of) this.keep(link);
    if (spec.kind !== 'sourceIp' || spec.table === undefined) return;
    const table = this.#origins.previous?.get(spec.table);
    if (table !== undefined) this.#tables.set(spec.table, table);
  }

  #make(spec: ResolvedPersistenceSpec | Persistence, unnamed: SourceIp[]): Persistence {
    if (isPersistence(spec)) return spec;
    switch (spec.kind) {
      case 'sourceIp':
        return this.#makeSourceIp(spec, unnamed);
      case 'httpCookie':
        return httpCookieBy(spec);
      case 'chain':
        return chain(...spec.of.map((link) => this.#make(link, unnamed)));
      case 'none':
        return none();
    }
  }

  #makeSourceIp({ kind: _, table, ...spec }: ResolvedSourceIpSpec, unnamed: SourceIp[]): Persistence {
    const { previous, seed, isShared } = this.#origins;
    const settings = { ...spec, seed: spec.seed ?? seed };
    const before = table === undefined ? undefined : (this.#tables.get(table) ?? previous?.get(table));
    const isKept = before !== undefined && hasSettings(before, settings);
    const made = isKept ? before : sourceIpBy(settings, isShared);
    if (table === undefined) unnamed.push(made);
    else this.#tables.set(table, made);
    return made;
  }
}

function hasSettings({ options }: SourceIp, settings: ResolvedSourceIpOptions): boolean {
  return (
    options.ttlMs === settings.ttlMs &&
    options.maxEntries === settings.maxEntries &&
    options.seed === settings.seed &&
    options.prefixV4 === settings.prefixV4 &&
    options.prefixV6 === settings.prefixV6
  );
}
