import { diffConfig } from '../config/diff-config.ts';
import type { ResolvedConfig, ResolvedServiceConfig } from '../config/resolved-config.ts';
import { readGraceMs, type StopOptions } from '../listener/lifecycle.ts';
import { ordererOf } from '../pool/orderer.ts';
import type { Service } from '../service/service.ts';
import { startInPlaceOf } from './succession.ts';

/** How another configuration takes the place of the present one. */
export interface ApplyOptions extends StopOptions {
  /** Called once the new configuration serves. Sessions of what it replaces may go on. */
  readonly onServing?: () => void;
  /** Who orders it, for events: 1 to 64 letters, digits and `@ . _ -`. @default 'program' */
  readonly by?: string | undefined;
}

/** What became of a change. */
export interface Applied {
  /** The services that are there now, in the order of the configuration. */
  readonly services: readonly Service[];
  /** Services that were replaced or are gone: they were told to stop, but their sessions may go on. */
  readonly retiring: readonly Service[];
  /** Resolves when their sessions have ended, and all followers go by the change. */
  readonly ended: Promise<unknown>;
}

/** What a change begins with. */
export interface PresentServices {
  readonly services: readonly Service[];
  /** Those of earlier changes whose sessions go on. */
  readonly retiring: readonly Service[];
  readonly isStarted: boolean;
}

/** Who makes services, and is told of those that stay. */
export interface ServiceMaker {
  /** @param predecessor the service in whose place it comes */
  build(config: ResolvedServiceConfig, predecessor?: Service): Service;
  keep(config: ResolvedServiceConfig): void;
  /** Gives tables the entries that they are to have of others: those that nobody uses yet, or all. */
  carryEntries(which: 'new' | 'all'): Promise<void>;
}

/**
 * Turns the present services into those of a configuration. Resolves as soon as the new ones serve.
 *
 * @throws OptionsError for a grace time out of range, or a wrong name of who orders it
 * @throws SluiceError where a new service cannot start; the present ones serve as before then
 */
export async function applyConfig(
  { services: present, retiring: leaving, isStarted }: PresentServices,
  next: Pick<ResolvedConfig, 'services'>,
  maker: ServiceMaker,
  { by, ...stop }: Omit<ApplyOptions, 'onServing'>,
): Promise<Applied> {
  readGraceMs(stop);
  const orderer = ordererOf(by);
  const byName = new Map(present.map((service) => [service.name, service]));
  const services: Service[] = [];
  const updates: (readonly [Service, ResolvedServiceConfig])[] = [];
  const successors: (readonly [Service, Service])[] = [];
  const nextByName = new Map(next.services.map((service) => [service.name, service]));
  const before = present.map((service) => service.configBeside(nextByName.get(service.name)));
  for (const change of diffConfig({ services: before }, next)) {
    if (change.kind === 'removed') continue;
    const previous = byName.get(change.next.name);
    if (previous !== undefined && change.kind !== 'replaced') {
      maker.keep(change.next);
      services.push(previous);
      updates.push([previous, change.next]);
    } else {
      const made = maker.build(change.next, previous);
      services.push(made);
      if (previous !== undefined) successors.push([made, previous]);
    }
  }
  const added = services.filter((service) => !present.includes(service));
  const retiring = present.filter((service) => !services.includes(service));

  for (const [successor, predecessor] of successors) successor.inherit(predecessor);
  await maker.carryEntries('new');
  if (isStarted) {
    const inNobodysPlace = listenersOf(leaving).filter(({ hasSuccessor }) => !hasSuccessor);
    await startInPlaceOf(listenersOf(retiring), listenersOf(added), inNobodysPlace);
  }
  const updated = updates.map(([service, config]) => service.updateServers(config, orderer));
  const retired = retiring.map((service) => service.retire(stop));
  // Tables in use were left alone until nothing could fail any more. The others get what clients did meanwhile.
  const carried = maker.carryEntries('all');
  return { services, retiring, ended: Promise.all([...updated, ...retired, carried]) };
}

function listenersOf(services: readonly Service[]): Service['listeners'] {
  return services.flatMap(({ listeners }) => listeners);
}
