import { balancingFrom, type BalancingSpec } from '../balancing/balancing-specs.ts';
import type { BalancingPolicy } from '../balancing/balancing-policy.ts';
import type { HealthCheckOptions } from '../health/health-check-options.ts';
import { healthCheckFrom, type HealthCheck } from '../health/health-check.ts';
import {
  passiveHealthFrom,
  type PassiveHealthOptions,
  type ResolvedPassiveHealthOptions,
} from '../health/passive-health-options.ts';
import type { OptionProblem } from '../base/errors.ts';
import { readHost } from '../model/host.ts';
import { adminStates, type ServerOptions } from '../model/server.ts';
import { nameRule, OptionReader } from '../base/options.ts';

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

/** Complete options, with live objects in place of specs. */
export interface ResolvedPoolOptions {
  readonly servers: readonly ServerOptions[];
  readonly balance: BalancingPolicy;
  readonly healthCheck: HealthCheck | undefined;
  /** Undefined: off. */
  readonly passiveHealth: ResolvedPassiveHealthOptions | undefined;
  readonly maxQueued: number;
  readonly queueTimeoutMs: number;
}

/** Options that resolve to these again: what a duplicate is made from. */
export function unresolvePoolOptions(resolved: ResolvedPoolOptions): PoolOptions {
  const { healthCheck, passiveHealth, ...rest } = resolved;
  return {
    ...rest,
    ...(healthCheck === undefined ? {} : { healthCheck }),
    passiveHealth: passiveHealth ?? false,
  };
}

/** Reads the options of a pool from a reader that stands at them, reporting every problem. */
export function resolvePoolOptions(reader: OptionReader): ResolvedPoolOptions {
  return Object.freeze({
    servers: resolveServers(reader, 'servers'),
    balance: balancingFrom(reader.raw('balance'), reader.at('balance'), reader.problems),
    healthCheck: healthCheckFrom(reader.raw('healthCheck'), reader.at('healthCheck'), reader.problems),
    passiveHealth: passiveHealthFrom(
      reader.raw('passiveHealth'),
      reader.at('passiveHealth'),
      reader.problems,
    ),
    maxQueued: reader.integer('maxQueued', { min: 0, max: 1_000_000, default: poolDefaults.maxQueued }),
    queueTimeoutMs: reader.integer('queueTimeoutMs', {
      min: 0,
      max: 3_600_000,
      default: poolDefaults.queueTimeoutMs,
    }),
  });
}

/** Reads a list of servers and refuses names that occur twice. */
export function resolveServers(reader: OptionReader, key: string): readonly ServerOptions[] {
  const names = new Set<string>();
  if (!reader.has(key)) reader.problem(key, 'an array of servers');
  return reader.list(key).map(({ value, path }) => {
    const server = resolveServer(value, path, reader.problems);
    // A wrong name is undefined here, and its own problem.
    if (names.has(server.name) && server.name) {
      reader.problems.push({
        path: `${path}.name`,
        expected: 'a name used once',
        actual: `'${server.name}' again`,
      });
    }
    names.add(server.name);
    return server;
  });
}

function resolveServer(value: unknown, path: string, problems: OptionProblem[]): ServerOptions {
  const reader = new OptionReader(path, value, problems);
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
