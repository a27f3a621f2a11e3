import type { BalancerConfig } from '../../../src/index.ts';

/** The ports of the real servers, each the same on all their addresses. */
export interface ServerPorts {
  readonly web: number;
  readonly archive: number;
  /** An archive that takes a second for every 16 KiB of an image. */
  readonly slowArchive: number;
  readonly echo: number;
}

/** Where services listen. */
export const serviceNames = ['WEB', 'PLAIN', 'DICOM', 'SLOW', 'NAMES', 'QUERY'] as const;
export type ServiceName = (typeof serviceNames)[number];
export type ServicePorts = Readonly<Record<ServiceName, number>>;

/** A service, as any balancer may have it. */
export interface SceneService {
  readonly name: ServiceName;
  readonly mode: 'http' | 'tcp' | 'udp';
  readonly port: number;
  readonly servers: readonly SceneServer[];
  /** An option that each configuration changes: how long clients wait for a server, or a flow may be idle. */
  readonly timeoutMs: number;
  /** Whether clients keep their server. */
  readonly isSticky: boolean;
}

export interface SceneServer {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly weight: number;
}

export const mostServers = 4;

export function hostOf(index: number): string {
  return `127.0.0.${index + 1}`;
}

/**
 * Another configuration for each number: weights, a server more or less, an option of each service, and a service more or
 * less.
 */
export function servicesOf(number: number, at: ServicePorts, behind: ServerPorts): readonly SceneService[] {
  const isOdd = number % 2 === 1;
  const service = (
    name: ServiceName,
    mode: SceneService['mode'],
    port: number,
    count: number,
    isSticky = false,
  ): SceneService => ({
    ...{ name, mode, port: at[name], isSticky },
    timeoutMs: isOdd ? 20_000 : 30_000,
    servers: Array.from({ length: count }, (_, index) => ({
      ...{ name: `s${index}`, host: hostOf(index), port },
      weight: 1 + ((number + index) % 3),
    })),
  });
  return [
    service('WEB', 'http', behind.web, 2 + (number % 3)),
    service('PLAIN', 'tcp', behind.web, 2),
    service('DICOM', 'tcp', behind.archive, 2, true),
    service('SLOW', 'tcp', behind.slowArchive, 1),
    service('NAMES', 'udp', behind.echo, 2),
    ...(isOdd ? [service('QUERY', 'tcp', behind.archive, 1)] : []),
  ];
}

/** The services in Sluice's words. */
export function sluiceConfig(
  services: readonly SceneService[],
  engine: 'linux' | 'portable',
  workers: number,
): BalancerConfig {
  return {
    engine,
    workers,
    services: services.map(({ name, mode, port, servers, timeoutMs, isSticky }) => ({
      ...{ name, mode, host: '127.0.0.1', port, servers },
      ...(isSticky ? { persistence: { kind: 'sourceIp' as const } } : {}),
      ...(mode === 'udp' ? { idleTimeoutMs: timeoutMs } : { queueTimeoutMs: timeoutMs }),
    })),
  };
}
