import { toPlain } from '../base/plain-data.ts';
import type { EngineSource } from '../engine/engine-lease.ts';
import type { ServerOptions } from '../model/server.ts';
import type { ServiceConfig } from './balancer-config.ts';
import { modeOf, modes } from './modes.ts';
import type { ResolvedServiceConfig } from './resolved-config.ts';

/** A service as plain data with every option stated; limits that are `Infinity` are the text `'Infinity'`. */
export interface PlainServiceConfig {
  readonly name: string;
  readonly mode: ServiceConfig['mode'];
  readonly servers: readonly PlainServer[];
  readonly [option: string]: unknown;
}

/** A server of one. */
export type PlainServer = Omit<ServerOptions, 'maxSessions'> & { readonly maxSessions: number | 'Infinity' };

/**
 * A configuration as JSON can hold it. A balancer takes it like any other. Only live objects that were given in place
 * of specs are not plain data.
 */
export interface PlainConfig {
  readonly engine: EngineSource;
  readonly workers: number;
  readonly services: readonly PlainServiceConfig[];
}

/**
 * The configuration that makes one service again, with every option stated. Plain JSON, except for live objects that
 * were given in place of specs.
 *
 * @param servers as they are now
 */
export function plainService(
  service: ResolvedServiceConfig,
  servers: readonly ServerOptions[],
): PlainServiceConfig {
  const [first, second] = service.listeners;
  const { name, host, port, arrival, mode, pool, persistence } = first;
  const udp = second && {
    ...second.mode.options,
    healthCheck: second.pool.healthCheck,
    passiveHealth: second.pool.passiveHealth,
  };
  const options = { mode: service.mode, name, host, port, ...arrival, ...mode.options, ...pool };
  return toPlain({ ...options, servers, persistence, udp }) as PlainServiceConfig;
}

/**
 * What a service of another mode takes along of this one: all but the options that this one's mode has, and those of
 * arrival that go with it.
 *
 * @param mode as somebody asks for it, who may be wrong
 */
export function plainForMode(
  plain: PlainServiceConfig,
  { listeners: [{ mode: own, arrival }] }: ResolvedServiceConfig,
  mode: ServiceConfig['mode'],
): PlainServiceConfig {
  const next = mode === 'tcp+udp' ? 'tcp' : mode;
  if (!Object.hasOwn(modes, next)) return plain;
  const left = new Set(mode === 'tcp+udp' ? [] : ['udp']);
  const leave = (options: object = {}): void => Object.keys(options).forEach((key) => left.add(key));
  if (next !== own.name) leave({ ...own.options, quickAck: undefined });
  if (modes[next].transport !== modeOf(own).transport) leave(arrival);
  return Object.fromEntries(Object.entries(plain).filter(([key]) => !left.has(key))) as PlainServiceConfig;
}
