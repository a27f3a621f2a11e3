import type { OptionProblem } from '../base/errors.ts';
import { describe, OptionReader } from '../base/options.ts';
import { chain, isPersistence } from './chain.ts';
import { httpCookieBy } from './http-cookie.ts';
import { readHttpCookieOptions, type HttpCookieOptions } from './http-cookie-options.ts';
import { none } from './none.ts';
import type { Persistence } from './persistence.ts';
import {
  readSourceIpSettings,
  SourceIp,
  sourceIpBy,
  type ResolvedSourceIpOptions,
  type SourceIpSettings,
} from './source-ip.ts';

/** Source IP persistence as plain data. */
export interface SourceIpSpec extends SourceIpSettings {
  readonly kind: 'sourceIp';
  /** All services that state the same name share one table, and must state the same settings. */
  readonly table?: string;
}

/** Cookie persistence as plain data. */
export interface HttpCookieSpec extends HttpCookieOptions {
  readonly kind: 'httpCookie';
}

/** Several in order of precedence, as plain data. */
export interface ChainSpec {
  readonly kind: 'chain';
  /** At least one. */
  readonly of: readonly (PersistenceSpec | Persistence)[];
}

/** Persistence as plain data, for configurations. */
export type PersistenceSpec = SourceIpSpec | HttpCookieSpec | ChainSpec | { readonly kind: 'none' };

/** What a table that is made from a spec may come from. */
export interface TableOrigins {
  /** Tables by name that are in use already: one whose settings stay the same is taken over. */
  readonly previous?: ReadonlyMap<string, Persistence>;
  /** For specs without a `seed`: see `StickTableOptions`. @default 0 */
  readonly seed?: number;
  /** Whether new tables are for several threads. @default false */
  readonly isShared?: boolean;
}

/**
 * The persistence that a spec describes, or the value itself where it is live already; without a value, none.
 *
 * @param path where the value stands, for problems: `services[0].persistence`
 * @param problems gets what is wrong
 * @param tables the named tables of one configuration, to which new ones are added
 * @returns undefined where something is wrong
 */
export function persistenceFrom(
  value: unknown,
  path: string,
  problems: OptionProblem[],
  tables: Map<string, Persistence>,
  origins: TableOrigins = {},
): Persistence | undefined {
  if (value === undefined) return none();
  if (isPersistence(value)) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const expected = "a persistence spec such as { kind: 'sourceIp' }, or a persistence";
    problems.push({ path, expected, actual: describe(value) });
    return undefined;
  }
  const before = problems.length;
  const persistence = readSpec(new OptionReader(path, value, problems), tables, origins);
  return problems.length === before ? persistence : undefined;
}

function readSpec(
  reader: OptionReader,
  tables: Map<string, Persistence>,
  origins: TableOrigins,
): Persistence | undefined {
  const before = reader.problems.length;
  // Live objects are made of right options only, hence one step later.
  const make = readKind(reader, tables, origins);
  reader.refuseUnknownKeys();
  return reader.problems.length === before ? make() : undefined;
}

function readKind(
  reader: OptionReader,
  tables: Map<string, Persistence>,
  origins: TableOrigins,
): () => Persistence {
  const kind: PersistenceSpec['kind'] | undefined = reader.oneOf('kind', [
    'sourceIp',
    'httpCookie',
    'chain',
    'none',
  ]);
  switch (kind) {
    case 'sourceIp':
      return readSourceIp(reader, tables, origins);
    case 'httpCookie': {
      const options = readHttpCookieOptions(reader);
      return () => httpCookieBy(options);
    }
    case 'chain': {
      const links = reader
        .list('of', { min: 1 })
        .map((link) => persistenceFrom(link.value, link.path, reader.problems, tables, origins));
      return () => chain(...links.filter((link) => link !== undefined));
    }
    default:
      return none;
  }
}

function readSourceIp(
  reader: OptionReader,
  tables: Map<string, Persistence>,
  origins: TableOrigins,
): () => Persistence {
  const settings = readSourceIpSettings(reader, origins.seed);
  const tableName = reader.string('table', { default: undefined });
  if (tableName === undefined) return () => sourceIpBy(settings, origins.isShared);

  const shared = tables.get(tableName);
  if (shared !== undefined) {
    if (!hasSettings(shared, settings)) reader.problem('table', sameSettingsAs(shared, tableName));
    return () => shared;
  }
  const previous = origins.previous?.get(tableName);
  return () => {
    const isKept = previous !== undefined && hasSettings(previous, settings);
    const made = isKept ? previous : sourceIpBy(settings, origins.isShared);
    tables.set(tableName, made);
    return made;
  };
}

function hasSettings(persistence: Persistence, settings: ResolvedSourceIpOptions): boolean {
  if (!(persistence instanceof SourceIp)) return false;
  const { ttlMs, maxEntries, seed, prefixV4, prefixV6 } = persistence.options;
  return (
    ttlMs === settings.ttlMs &&
    maxEntries === settings.maxEntries &&
    seed === settings.seed &&
    prefixV4 === settings.prefixV4 &&
    prefixV6 === settings.prefixV6
  );
}

function sameSettingsAs(shared: Persistence, tableName: string): string {
  const which = `the settings of the first use of table '${tableName}'`;
  if (!(shared instanceof SourceIp)) return which;
  const { ttlMs, maxEntries, prefixV4, prefixV6 } = shared.options;
  return `${which}: ttlMs ${ttlMs}, maxEntries ${maxEntries}, prefixV4 ${prefixV4}, prefixV6 ${prefixV6}`;
}
