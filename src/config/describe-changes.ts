import { isPlain, isSamePlain, toPlain } from '../base/plain-data.ts';
import { formatDuration, formatSize } from '../base/quantities.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import type { ServerOptions } from '../model/server.ts';
import { diffConfig, type ServiceChange } from './diff-config.ts';
import { plainService } from './plain-config.ts';
import type { ResolvedConfig, ResolvedServiceConfig } from './resolved-config.ts';
import { isSecretOption } from './secret-options.ts';

/** One option that differs. In place of what is secret stands the text `'not shown'`. */
export interface OptionChange {
  /** Its path in the service or server: `persistence.ttlMs`. */
  readonly option: string;
  /** Plain data; undefined where there was none. */
  readonly from: unknown;
  readonly to: unknown;
}

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
  return differences(
    { engine: present.engine, workers: present.workers },
    { engine: next.engine, workers: next.workers },
  ).map((change) => ({
    kind: 'restartNeeded',
    options: [change],
    text: `${show(change)}: not before the next start`,
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
  const options = differences(plainService(previous, []), plainService(change.next, []));
  const text = `service ${name} is replaced, its sessions have the grace time: ${options.map(show).join('; ')}`;
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
    const options = differences(toPlain(previous), toPlain(server));
    if (options.length === 0) return [];
    const isSamePlace = previous.host === server.host && previous.port === server.port;
    const kind = isSamePlace ? 'serverChanged' : 'serverReplaced';
    const text = `server ${server.name} of ${service}${isSamePlace ? '' : ' is replaced'}: ${options.map(show).join('; ')}`;
    return [{ kind, ...of, options, text }];
  });
  const gone = [...known.keys()].map((server): ConfigChange => {
    const text = `server ${server} is removed from ${service}; its sessions go on`;
    return { kind: 'serverRemoved', service, server, options: [], text };
  });
  return [...changes, ...gone];
}

/** Every option that differs, in the order of the paths; plain data down to its leaves. */
function differences(from: unknown, to: unknown, option = ''): readonly OptionChange[] {
  if (isSamePlain(from, to)) return [];
  const at = (key: string): string => (option === '' ? key : `${option}.${key}`);
  if (isPlain(from) && isPlain(to)) {
    const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
    return [...keys].flatMap((key) => differences(from[key], to[key], at(key)));
  }
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    return from.flatMap((element, index) => differences(element, to[index], `${option}[${index}]`));
  }
  return [{ option, from: withoutSecrets(from, option), to: withoutSecrets(to, option) }];
}

function withoutSecrets(value: unknown, option: string): unknown {
  if (isSecretOption(option)) return value === undefined ? undefined : notShown;
  if (Array.isArray(value)) return value.map((element) => withoutSecrets(element, option));
  if (!isPlain(value)) return value;
  const entries = Object.entries(value).map(([key, element]) => [
    key,
    withoutSecrets(element, `${option}.${key}`),
  ]);
  return Object.fromEntries(entries) as unknown;
}

const notShown = 'not shown';

function show({ option, from, to }: OptionChange): string {
  if (from === notShown && to === notShown) return `${option} differs`;
  return `${option} ${showValue(option, from)} → ${showValue(option, to)}`;
}

function showValue(option: string, value: unknown): string {
  if (value === undefined) return 'none';
  if (typeof value === 'number' && option.endsWith('Ms')) return formatDuration(value);
  if (typeof value === 'number' && option.endsWith('Bytes')) return formatSize(value);
  if (typeof value === 'string') return value;
  // Two live objects look alike; they differ because they are two.
  return isLive(value) ? 'a live object' : JSON.stringify(value);
}

function isLive(value: unknown): boolean {
  return (
    typeof value === 'function' || (typeof value === 'object' && !Array.isArray(value) && !isPlain(value))
  );
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
