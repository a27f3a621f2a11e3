import type { OptionReader } from '../base/options.ts';
import { isPersistence } from './chain.ts';
import {
  readHttpCookieOptions,
  type HttpCookieOptions,
  type ResolvedHttpCookieOptions,
} from './http-cookie-options.ts';
import type { Persistence } from './persistence.ts';
import { readSourceIpSettings, type ResolvedSourceIpOptions, type SourceIpSettings } from './source-ip.ts';

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

/** {@link SourceIpSpec}, complete. Where no seed is stated, the maker of the table chooses one. */
export interface ResolvedSourceIpSpec extends Omit<ResolvedSourceIpOptions, 'seed'> {
  readonly kind: 'sourceIp';
  readonly seed: number | undefined;
  readonly table: string | undefined;
}

/** {@link PersistenceSpec}, complete. */
export type ResolvedPersistenceSpec =
  | ResolvedSourceIpSpec
  | ({ readonly kind: 'httpCookie' } & ResolvedHttpCookieOptions)
  | {
      readonly kind: 'chain';
      readonly of: readonly (ResolvedPersistenceSpec | Persistence)[];
    }
  | { readonly kind: 'none' };

const noneSpec = { kind: 'none' } as const;

const specRule = {
  expected: "a persistence spec such as { kind: 'sourceIp' }, or a persistence",
  default: noneSpec,
  // A chain has persistences in it.
  definition: 'persistence',
};

/** Reads a spec, or the persistence that stands in its place; without a value, none. */
export function readPersistence(parent: OptionReader, key: string): ResolvedPersistenceSpec | Persistence {
  const live = parent.live(key, isPersistence);
  if (live !== undefined) return live;
  return parent.object(key, specRule, readSpec);
}

function readSpec(reader: OptionReader): ResolvedPersistenceSpec {
  const spec = reader.variant<ResolvedPersistenceSpec['kind'], ResolvedPersistenceSpec>('kind', {
    sourceIp: readSourceIp,
    httpCookie: (of) => ({ kind: 'httpCookie', ...readHttpCookieOptions(of) }),
    chain: (of) => ({ kind: 'chain', of: Object.freeze(of.list('of', { min: 1 }, readPersistence)) }),
    none: () => noneSpec,
  });
  if (spec !== undefined) reader.refuseUnknownKeys();
  return Object.freeze(spec ?? noneSpec);
}

function readSourceIp(reader: OptionReader): ResolvedSourceIpSpec {
  return {
    kind: 'sourceIp',
    ...readSourceIpSettings(reader, undefined),
    table: reader.string('table', { default: undefined }),
  };
}
