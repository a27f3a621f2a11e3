import type { EngineSource } from '../run/engine-lease.ts';
import type { OptionProblem } from '../base/errors.ts';
import {
  readEngine,
  resolveBasics,
  resolveCarriage,
  type ListenerBasics,
} from '../listener/listener-options.ts';
import { refuseSelfForwarding } from '../listener/self-forwarding.ts';
import { refuseTwins } from '../listener/server-twins.ts';
import { OptionReader } from '../base/options.ts';
import type { Persistence } from '../persistence/persistence.ts';
import type { TableOrigins } from '../persistence/persistence-specs.ts';
import { resolvePoolOptions, type ResolvedPoolOptions } from '../pool/pool-options.ts';
import { resolveUdpOptions } from '../udp/udp-options.ts';
import { healthCheckFrom } from '../health/health-check.ts';
import { passiveHealthFrom } from '../health/passive-health-options.ts';
import type { BalancerConfig, ServiceConfig } from './balancer-config.ts';
import { copyPlain } from './plain-data.ts';
import { refuseForWorkers, workersProblem } from './worker-rules.ts';

/** One service that was read and found right. */
export interface ServicePlan extends ListenerBasics {
  readonly mode: ServiceConfig['mode'];
  /** A copy of what was given, for comparison and duplication. */
  readonly source: ServiceConfig;
  readonly pool: ResolvedPoolOptions;
  /** The pool options of the UDP half of `tcp+udp`. */
  readonly udpPool: ResolvedPoolOptions;
}

/** A configuration that was read and found right, with live objects in place of specs. */
export interface BalancerPlan {
  readonly engine: EngineSource;
  /** How many there can be; 0 for none. */
  readonly workers: number;
  /** Why there can be none, though some are asked for. */
  readonly workersProblem: string | undefined;
  readonly services: readonly ServicePlan[];
  /** The named tables in use. */
  readonly tables: ReadonlyMap<string, Persistence>;
}

const modes = ['tcp', 'http', 'udp', 'tcp+udp'] as const;

/**
 * Reads a whole configuration.
 *
 * @param origins the named tables of the present configuration, which the next takes over where their
 * settings stay the same, and the seed of new ones
 * @throws OptionsError with every problem in it
 */
export function planBalancer(config: BalancerConfig, origins: TableOrigins): BalancerPlan {
  const tables = new Map<string, Persistence>();
  const reader = new OptionReader('', config);
  const engine = readEngine(reader);
  const asked = reader.integer('workers', { min: 0, max: 64, default: 0 });
  const problem = asked > 0 ? workersProblem() : undefined;
  const workers = problem === undefined ? asked : 0;
  const isShared = origins.isShared ?? workers > 0;
  const planned = reader
    .list('services', { min: 1 })
    .map(({ value, path }) => planService(value, path, reader.problems, tables, { ...origins, isShared }));
  refuseClashes(planned, reader.problems);
  if (asked > 0 || isShared) {
    const sources = planned.map((service) => service?.source);
    refuseForWorkers(engine, sources, reader.problems);
  }
  reader.finish();
  const services = planned.filter((service) => service !== undefined);
  return { engine, workers, workersProblem: problem, services, tables };
}

/** @returns undefined where it cannot be told what kind of service that is meant to be; all else may be half right */
function planService(
  value: unknown,
  path: string,
  problems: OptionProblem[],
  tables: Map<string, Persistence>,
  origins: TableOrigins,
): ServicePlan | undefined {
  const problemsBefore = problems.length;
  const reader = new OptionReader(path, value, problems);
  if (problems.length > problemsBefore) return undefined;
  const mode: ServiceConfig['mode'] | undefined = reader.oneOf('mode', modes);
  const basics = resolveBasics(reader, mode === 'http', tables, origins);
  const pool = resolvePoolOptions(reader);
  refuseSelfForwarding(basics, pool.servers, reader.at('servers'), reader.problems);
  refuseTwins(pool.servers, basics.port, reader.at('servers'), reader.problems);
  // Which further options there are depends on the mode.
  if (mode === undefined) return undefined;
  if (mode === 'udp') resolveUdpOptions(reader);
  else resolveCarriage(reader, mode === 'http' ? 'http' : 'tcp');
  const udpPool = mode === 'tcp+udp' ? planUdpHalf(reader.child('udp'), pool) : pool;
  reader.refuseUnknownKeys();
  return { ...basics, mode, pool, udpPool, source: copyPlain(value) as ServiceConfig };
}

/** The UDP half has the servers of the TCP half, and nothing of its health. */
function planUdpHalf(reader: OptionReader, pool: ResolvedPoolOptions): ResolvedPoolOptions {
  resolveUdpOptions(reader);
  const { problems } = reader;
  const healthCheck = healthCheckFrom(reader.raw('healthCheck'), reader.at('healthCheck'), problems);
  const passiveHealth = passiveHealthFrom(reader.raw('passiveHealth'), reader.at('passiveHealth'), problems);
  reader.refuseUnknownKeys();
  return { ...pool, healthCheck, passiveHealth };
}

/** Names must be unique, and no two services may bind the same address, port and protocol. */
function refuseClashes(services: readonly (ServicePlan | undefined)[], problems: OptionProblem[]): void {
  for (const [index, service] of services.entries()) {
    if (service === undefined) continue;
    for (const earlier of services.slice(0, index)) {
      if (earlier !== undefined) refuseClash(service, earlier, `services[${index}]`, problems);
    }
  }
}

/** What is wrong with either by itself is undefined here, and its own problem. */
function refuseClash(
  service: ServicePlan,
  earlier: ServicePlan,
  path: string,
  problems: OptionProblem[],
): void {
  if (service.name && service.name === earlier.name) {
    const actual = `'${service.name}' again`;
    problems.push({ path: `${path}.name`, expected: 'a name used once', actual });
  }
  if (!service.host || !service.port || !bindsSame(service, earlier)) return;
  const actual = `${service.host} port ${service.port}, which '${earlier.name}' has`;
  problems.push({ path: `${path}.port`, expected: 'an address and port of its own', actual });
}

function bindsSame(a: ServicePlan, b: ServicePlan): boolean {
  const udp = (plan: ServicePlan): boolean => plan.mode.includes('udp');
  const tcp = (plan: ServicePlan): boolean => plan.mode !== 'udp';
  const isAny = (host: string): boolean => host === '0.0.0.0' || host === '::';
  const sameProtocol = (udp(a) && udp(b)) || (tcp(a) && tcp(b));
  return sameProtocol && a.port === b.port && (a.host === b.host || isAny(a.host) || isAny(b.host));
}
