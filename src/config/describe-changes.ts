import { toPlain } from '../base/plain-data.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import type { ServerOptions } from '../model/server.ts';
import { diffConfig, type ServiceChange } from './diff-config.ts';
import { optionChanges, showChange, type OptionChange } from './option-changes.ts';
import { plainService } from './plain-config.ts';
import type { ResolvedConfig, ResolvedServiceConfig } from './resolved-config.ts';

/** One thing that `apply` would do. */
export interface ConfigChange {
  /**
   * - `serverReplaced`: another address or port under the same name; sessions with the old one go on
   * - `restartNeeded`: `apply` leaves it as it is
   */
  readonly kind:
    | 'serviceAdded'
    | 'serviceRemoved'
    | 'serviceReplaced'
    | 'serverAdded'
    | 'serverRemoved'
    | 'serverReplaced'
    | 'serverChanged'
    | 'restartNeeded';
  readonly service?: string;
  readonly server?: string;
  /** What differs. Empty where something is added or removed as a whole. */
  readonly options: readonly OptionChange[];
  /** All of it in one line. */
  readonly text: string;
}

/**
 * What `apply` would do with another configuration, for people and for programs: services in the order of the next
 * configuration, those that go last. Pure.
 *
 * @returns nothing where the two are the same
 */
export function describeChanges(present: ResolvedConfig, next: ResolvedConfig): readonly ConfigChange[] {
  const before = new Map(present.services.map((service) => [service.name, service]));
  return [
    ...changesOfProcess(present, next),
    ...diffConfig(present, next).flatMap((change) => changesOfService(before, change)),
  ];
}

function changesOfProcess(present: ResolvedConfig, next: ResolvedConfig): readonly ConfigChange[] {
  return optionChanges(
    { engine: present.engine, workers: present.workers },
    { engine: next.engine, workers: next.workers },
  ).map((change) => ({
    kind: 'restartNeeded',
    options: [change],
    text: `${showChange(change)}: not before the next start`,
  }));
}

function changesOfService(
  before: ReadonlyMap<string, ResolvedServiceConfig>,
  change: ServiceChange,
): readonly ConfigChange[] {
  if (change.kind === 'removed') {
    const text = `service ${change.name} is removed; its sessions have the grace time`;
    return [{ kind: 'serviceRemoved', service: change.name, options: [], text }];
  }
  const { name } = change.next;
  const previous = before.get(name);
  if (previous === undefined) {
    const text = `service ${name} is added: ${summary(change.next)}`;
    return [{ kind: 'serviceAdded', service: name, options: [], text }];
  }
  if (change.kind === 'kept') return [];
  const servers = changesOfServers(name, serversOf(previous), serversOf(change.next));
  if (change.kind === 'servers') return servers;
  const options = optionChanges(plainService(previous, []), plainService(change.next, []));
  const text = `service ${name} is replaced, its sessions have the grace time: ${options.map(showChange).join('; ')}`;
  return [{ kind: 'serviceReplaced', service: name, options, text }, ...servers];
}

function changesOfServers(
  service: string,
  before: readonly ServerOptions[],
  after: readonly ServerOptions[],
): readonly ConfigChange[] {
  const known = new Map(before.map((server) => [server.name, server]));
  const changes = after.flatMap((server): readonly ConfigChange[] => {
    const previous = known.get(server.name);
    known.delete(server.name);
    const of = { service, server: server.name };
    if (previous === undefined) {
      const text = `server ${server.name} is added to ${service}: ${placeOf(server)}`;
      return [{ kind: 'serverAdded', ...of, options: [], text }];
    }
    const options = optionChanges(toPlain(previous), toPlain(server));
    if (options.length === 0) return [];
    const isSamePlace = previous.host === server.host && previous.port === server.port;
    const kind = isSamePlace ? 'serverChanged' : 'serverReplaced';
    const text = `server ${server.name} of ${service}${isSamePlace ? '' : ' is replaced'}: ${options.map(showChange).join('; ')}`;
    return [{ kind, ...of, options, text }];
  });
  const gone = [...known.keys()].map((server): ConfigChange => {
    const text = `server ${server} is removed from ${service}; its sessions go on`;
    return { kind: 'serverRemoved', service, server, options: [], text };
  });
  return [...changes, ...gone];
}

function summary(service: ResolvedServiceConfig): string {
  const [{ host, port }] = service.listeners;
  const count = serversOf(service).length;
  return `${service.mode} on ${formatEndpoint(host, port)}, ${count} ${count === 1 ? 'server' : 'servers'}`;
}

function serversOf({ listeners: [first] }: ResolvedServiceConfig): readonly ServerOptions[] {
  return first.pool.servers;
}

function placeOf({ host, port }: ServerOptions): string {
  return port === undefined ? host : formatEndpoint(host, port);
}
