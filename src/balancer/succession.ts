import { IpAddress } from '../model/address.ts';
import type { BaseListener } from '../listener/base-listener.ts';
import { Barrier } from './barrier.ts';
import { joinErrors, startAll } from '../service/start-all.ts';

/** What matters of a service when others come in its place. */
export type Successive = Pick<
  BaseListener,
  | 'name'
  | 'transport'
  | 'host'
  | 'port'
  | 'configuredPort'
  | 'start'
  | 'succeed'
  | 'stop'
  | 'unbind'
  | 'rebind'
>;

/**
 * Starts services while those that they replace still serve. A new one with the same address, port and transport as
 * an old one takes its socket once all are ready; every other port is bound before that. Where the address of an old
 * one contains that of a new one, or the other way round, the system does not allow both at once. Only then the old
 * one gives up its port first, and gets it back if the start fails.
 *
 * @param leaving of earlier changes, and in nobody's place: what still has a port that a new one needs gives it up
 * @throws SluiceError that names everything that failed; the old ones serve as before then
 */
export async function startInPlaceOf<S extends Successive>(
  old: readonly S[],
  next: readonly S[],
  leaving: readonly S[] = [],
): Promise<void> {
  const predecessors = findPredecessors(old, next);
  const taken = new Set(predecessors.values());
  const bound = next.filter((service) => !predecessors.has(service));
  const isInTheWay = (service: S): boolean => bound.some((other) => overlaps(service, other));
  const inTheWay = old.filter((service) => !taken.has(service) && isInTheWay(service));
  await Promise.all([...inTheWay, ...leaving.filter(isInTheWay)].map((service) => service.unbind()));
  const barrier = new Barrier(next.length);
  try {
    await startAll(next.map((service) => inTime(service, predecessors.get(service), barrier)));
  } catch (error) {
    const outcomes = await Promise.allSettled(inTheWay.map((service) => service.rebind()));
    const also = outcomes.filter(({ status }) => status === 'rejected');
    throw joinErrors([error, ...also.map((outcome) => (outcome as PromiseRejectedResult).reason as unknown)]);
  }
}

/** A service as `startAll` wants it, which starts once all others can. */
function inTime(
  service: Successive,
  predecessor: Successive | undefined,
  barrier: Barrier,
): Pick<BaseListener, 'start' | 'stop'> {
  const allReady = (): Promise<void> => barrier.arrive();
  const begin = async (): Promise<void> => {
    if (predecessor !== undefined) return service.succeed(predecessor as BaseListener, allReady);
    await service.start();
    await allReady();
  };
  return {
    start: () =>
      begin().catch((error: unknown) => {
        const failure = error instanceof Error ? error : new Error(String(error));
        barrier.fail(failure);
        throw failure;
      }),
    stop: (options) => service.stop(options),
  };
}

/** Finds them by address and port. A service on any free port takes over from the one of its name. */
function findPredecessors<S extends Successive>(old: readonly S[], next: readonly S[]): Map<S, S> {
  const found = new Map<S, S>();
  for (const service of next) {
    const predecessor = old.find((other) => isSamePlace(other, service));
    if (predecessor !== undefined) found.set(service, predecessor);
  }
  return found;
}

function isSamePlace(old: Successive, next: Successive): boolean {
  if (old.transport !== next.transport || !isSameAddress(old.host, next.host)) return false;
  if (next.configuredPort !== 0) return old.port === next.configuredPort;
  return old.configuredPort === 0 && old.name === next.name;
}

function isSameAddress(a: string, b: string): boolean {
  return IpAddress.parse(a)?.toString() === IpAddress.parse(b)?.toString();
}

/** Can the two not be bound at once? `::` may take IPv4, too. */
function overlaps(a: Successive, b: Successive): boolean {
  const isAny = ({ host }: Successive): boolean => host === '0.0.0.0' || host === '::';
  const isSameHost = isSameAddress(a.host, b.host) || isAny(a) || isAny(b);
  return a.transport === b.transport && a.port === b.configuredPort && isSameHost;
}
