import {
  makeBalancing,
  readBalancing,
  type BalancingSpec,
  type ResolvedBalancingSpec,
} from '../balancing/balancing-specs.ts';
import type { BalancingPolicy } from '../balancing/balancing-policy.ts';
import type { HealthCheckOptions, ResolvedHealthCheckSpec } from '../health/health-check-options.ts';
import { makeHealthCheck, readHealthCheck, type HealthCheck } from '../health/health-check.ts';
import {
  readPassiveHealth,
  type PassiveHealthOptions,
  type ResolvedPassiveHealthOptions,
} from '../health/passive-health-options.ts';
import { readHost } from '../model/host.ts';
import { adminStates, type ServerOptions } from '../model/server.ts';
import { nameRule } from '../base/option-rules.ts';
import type { OptionReader } from '../base/options.ts';

/** Real servers, how new clients are shared among them, and how they are checked. */
export interface PoolOptions {
  /** The real servers; names are unique. May be empty, and filled later. */
  readonly servers: readonly ServerOptions[];
  /** How new clients are shared. @default { kind: 'roundRobin' } */
  readonly balance?: BalancingPolicy | BalancingSpec;
  /** How servers are checked; without it health stays `unknown`, which counts as usable. @default none */
  readonly healthCheck?: HealthCheck | HealthCheckOptions;
  /** Taking servers out after consecutive connect failures; `false` never does. @default all its defaults */
  readonly passiveHealth?: PassiveHealthOptions | false;
  /** Sessions or exchanges that may wait while every suitable server is full; 0 to 1,000,000. @default 1000 */
  readonly maxQueued?: number;
  /** How long one waits at most, milliseconds, 0 to 3,600,000. @default 30_000 */
  readonly queueTimeoutMs?: number;
}

export const poolDefaults = { maxQueued: 1000, queueTimeoutMs: 30_000 } as const;

/** Complete options, with live objects in place of specs. They are options of a pool themselves. */
export interface ResolvedPoolOptions extends Required<Omit<PoolOptions, 'healthCheck'>> {
  readonly balance: BalancingPolicy;
  readonly healthCheck: HealthCheck | undefined;
  readonly passiveHealth: ResolvedPassiveHealthOptions | false;
}

/** A pool as complete plain data, except live objects that were given in place of specs. */
export interface ResolvedPoolSpec extends Required<Omit<PoolOptions, 'healthCheck'>> {
  readonly balance: ResolvedBalancingSpec | BalancingPolicy;
  readonly healthCheck: ResolvedHealthCheckSpec | HealthCheck | undefined;
  readonly passiveHealth: ResolvedPassiveHealthOptions | false;
}

/** Whatever a pool can be made of. */
export type PoolInput = PoolOptions | ResolvedPoolSpec;

/** Reads the options of a pool from a reader that stands at them. */
export function readPoolOptions(reader: OptionReader): ResolvedPoolSpec {
  const { maxQueued, queueTimeoutMs } = poolDefaults;
  return Object.freeze({
    servers: readServers(reader),
    balance: readBalancing(reader, 'balance'),
    healthCheck: readHealthCheck(reader, 'healthCheck'),
    passiveHealth: readPassiveHealth(reader, 'passiveHealth'),
    maxQueued: reader.integer('maxQueued', { min: 0, max: 1_000_000, default: maxQueued }),
    queueTimeoutMs: reader.integer('queueTimeoutMs', { min: 0, max: 3_600_000, default: queueTimeoutMs }),
  });
}

/** Makes the live objects that a pool works with. */
export function makePoolOptions(spec: ResolvedPoolSpec): ResolvedPoolOptions {
  const { balance, healthCheck } = spec;
  return Object.freeze({
    ...spec,
    balance: makeBalancing(balance),
    healthCheck: healthCheck === undefined ? undefined : makeHealthCheck(healthCheck),
  });
}

/** Reads the option `servers` of a pool. */
export function readServers(reader: OptionReader): readonly ServerOptions[] {
  return readServersBy(reader, readServer);
}

/**
 * Reads the option `servers` and refuses names that occur twice.
 *
 * @param read of one server, from a reader that stands at it; also gets what was given
 * @param min how many there must be
 */
export function readServersBy<S extends Pick<ServerOptions, 'name'>>(
  reader: OptionReader,
  read: (element: OptionReader, given: unknown) => S,
  min = 0,
): readonly S[] {
  const names = new Set<string>();
  const expected = min > 0 ? {} : { expected: 'an array of servers' };
  return reader.list('servers', { min, isRequired: true, ...expected }, (elements, index) => {
    const element = elements.child(index);
    const server = read(element, elements.raw(index));
    // A wrong name is undefined here, and its own problem.
    if (names.has(server.name) && server.name) {
      element.problem('name', 'a name used once', `'${server.name}' again`);
    }
    names.add(server.name);
    return server;
  });
}

/** Reads one server, from a reader that stands at it. */
export function readServer(reader: OptionReader): ServerOptions {
  const port = reader.integer('port', { min: 1, max: 65535, default: undefined });
  const server: ServerOptions = {
    name: reader.string('name', nameRule),
    host: readHost(reader, 'host'),
    ...(port === undefined ? {} : { port }),
    weight: reader.integer('weight', { min: 0, max: 256, default: 1 }),
    backup: reader.boolean('backup', { default: false }),
    maxSessions: reader.limit('maxSessions', { min: 1, max: 1_000_000, default: Infinity }),
    adminState: reader.oneOf('adminState', adminStates, { default: 'online' }),
  };
  reader.refuseUnknownKeys();
  return Object.freeze(server);
}
